"""The operator's page at `/operator`: what is served, what is due, what readers missed; behind a password.

Plain pages and forms, made on the server from `templates/`, which escape every text.
"""

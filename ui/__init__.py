"""The chat page: what the assistant says, shown with its sources.

Gradio reports its use to its makers unless told not to before it is imported; every import of the page passes here.
"""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# Of each event it also keeps a record, ten thousand of them, and sums all up anew after every event; nobody reads it.
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")

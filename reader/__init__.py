"""The reader: trained here, beside the packages; nothing imports it. What ships lies in `weights/reader`.

articles.py     which articles are never trained on: one split for every set and both languages
data.py         the test sets as passages (sentences) and questions (which sentence answers)
others.py       two more public sets in the same form: SelQA and QED
own.py          questions about our own documents (`questions/`), with what our index finds as hard negatives
alignment.py    English and Italian paragraphs of the same article, paired
negatives.py    near-misses by rule: another year, quantity or name; the answering sentence taken out
records.py      records: a question or claim, sentences, and whether they answer or support it
prepare.py      all records of a training, and those that measure it
vocabulary.py   multilingual-e5-small cut down to the pieces that English, Italian and German text uses
base.py         the network to train, made of it
batch.py        padded batches of windows
train.py        the training loop, resumable: first broadly, then closely
export.py       what ships
evaluate.py     the figures of CARD.md

The generator's judgement: lessons.py, packs.py, generator.py, adapter.py. What makes questions alike: likeness.py (the
map and the measure), layers.py (the layers before it).

The network and its windows are the assistant's: `index/crossencoder.py`, `index/windows.py`, `index/reader.py`.
"""

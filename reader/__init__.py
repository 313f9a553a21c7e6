"""The reader: trained here, beside the packages; nothing imports it, its weights (`reader/weights`) are what ships.

articles.py     which articles are never trained on: one split for every set and both languages
data.py         the test sets and our own corpus as passages (sentences) and questions (which sentence answers)
others.py       two more public sets in the same form: SelQA and QED
alignment.py    English and Italian paragraphs of the same article, paired
negatives.py    near-misses by rule: another year, quantity or name; the answering sentence taken out
records.py      records: a question or claim, sentences, and whether they answer or support it
prepare.py      all records of a training, and those that measure it
vocabulary.py   multilingual-e5-small cut down to the pieces that English, Italian and German text uses
windows.py      a question and sentences as token ids, with a mark before each sentence that is to be scored
scores.py       padded batches of windows, and one number from the scores of a passage
model.py        the encoder and its heads
train.py        the training loop, resumable
export.py       the two int8 ONNX graphs
runtime.py      the shipped graphs with onnxruntime
evaluate.py     the figures of CARD.md
"""

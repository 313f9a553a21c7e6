"""Step 3, last part: one document per language says what the corpus does not cover: no evidence, but the better no.

Its sections say what is missing and which office to ask; the section nearest the question becomes the refusal. Whether
to refuse is for the judgement: that such a section was nearer than all evidence was wrong as often as right.
"""

from index.retrieve import Retriever, ScoredSentence

KIND = "coverage"
# A section is about what was asked if it is this near the best evidence (score), shares a word with the question and is
# among what the reader took up, where one reads. Of 30 questions, most of them about what is missing, 10 are so told of
# the right section and 1 of a wrong one; within .02 and by the score alone it was 5 and 2.
NEAR, SHARES = 0.08, 0.01


def set_apart(
    sentences: list[ScoredSentence], retriever: Retriever
) -> tuple[list[ScoredSentence], ScoredSentence | None]:
    """Return the sentences that are evidence, in order, and the best of the others if it is near what was asked."""
    documents = {(s.chunk.language, s.chunk.document) for s in sentences}
    apart = {key for key in documents if retriever.document(key[1], key[0]).kind == KIND}
    evidence = [s for s in sentences if (s.chunk.language, s.chunk.document) not in apart]
    missing = next((s for s in sentences if (s.chunk.language, s.chunk.document) in apart), None)
    was_read, best = any(s.reading is not None for s in sentences), max((s.score for s in evidence), default=0.0)
    return evidence, missing if missing and _is_about(missing, best - NEAR, was_read) else None


def _is_about(missing: ScoredSentence, near: float, was_read: bool) -> bool:
    taken_up = missing.reading is not None or not was_read
    return missing.score >= near and missing.coverage >= SHARES and taken_up

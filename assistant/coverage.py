"""Step 3, last part: one document per language says what the corpus does not cover: no evidence, but the better no.

Its sections say what is missing and which office to ask; the section nearest the question becomes the refusal. Whether
to refuse is for the judgement: that such a section was nearer than all evidence was wrong as often as right.
"""

from index.retrieve import Retriever, ScoredSentence

KIND = "coverage"
NEAR = 0.02  # a section this near the best evidence (score) is about what was asked


def set_apart(
    sentences: list[ScoredSentence], retriever: Retriever
) -> tuple[list[ScoredSentence], ScoredSentence | None]:
    """Return the sentences that are evidence, in order, and the best of the others if it is near what was asked."""
    documents = {(s.chunk.language, s.chunk.document) for s in sentences}
    apart = {key for key in documents if retriever.document(key[1], key[0]).kind == KIND}
    evidence = [s for s in sentences if (s.chunk.language, s.chunk.document) not in apart]
    missing = next((s for s in sentences if (s.chunk.language, s.chunk.document) in apart), None)
    best = max((s.score for s in evidence), default=0.0)
    return evidence, missing if missing and missing.score >= best - NEAR else None

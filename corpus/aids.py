"""What helps to find and to judge, and is never quoted: the glossary and the known questions beside the documents."""

from dataclasses import dataclass
from pathlib import Path

from corpus.asked import Asked, questions_beside, read_asked
from corpus.glossary import Term, glossary_beside, read_glossary


@dataclass(frozen=True)
class Aids:
    """Terms with their names in three languages, and questions of which is known what answers them."""

    terms: tuple[Term, ...] = ()
    questions: tuple[Asked, ...] = ()

    @classmethod
    def beside(cls, folder: Path) -> "Aids":
        """Read what there is next to a folder of documents. Raises `CorpusError` naming what is wrong."""
        return cls(read_glossary(glossary_beside(folder)), read_asked(questions_beside(folder)))


NO_AIDS = Aids()

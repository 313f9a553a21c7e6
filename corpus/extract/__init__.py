"""From a file that somebody dropped into a folder to clean text with positions, or to the reason why not."""

from corpus.extract.opening import printable
from corpus.extract.reading import SUFFIXES, Extracted, extract

__all__ = ["SUFFIXES", "Extracted", "extract", "printable"]

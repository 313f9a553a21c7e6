"""Which language a text is in: English, Italian or German, or one we do not serve."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

LANGUAGES = ("en", "it", "de")
# Read so that a question in them is not mistaken for one of ours.
_NEIGHBOURS = ("fr", "es")
# Below this probability the text is too short or too mixed to say ("HIT?", "startup visa").
_SURE = 0.5


@cache
def _detector() -> "LanguageDetector":
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in (*LANGUAGES, *_NEIGHBOURS)]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


def detect_language(text: str, default: str = "en") -> str:
    """Return the language of `text` as a code of `LANGUAGES`.

    `default` (the conversation's language, say) decides where the text alone does not.
    """
    values = _detector().compute_language_confidence_values(text)
    shares = {value.language.iso_code_639_1.name.lower(): value.value for value in values}
    best = max(shares, key=shares.__getitem__)
    if shares[best] >= _SURE and best in LANGUAGES:
        return best
    # Uncertain: the default counts double, so that it wins unless another language is clearly likelier. It comes first,
    # so that it also wins where nothing is likely at all (no letters).
    return max((default, *LANGUAGES), key=lambda code: shares[code] * (2 if code == default else 1))

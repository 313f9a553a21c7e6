"""Which language a text is in: English, Italian or German, or one we do not serve."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

LANGUAGES = ("en", "it", "de")
# Read so that a question in them is not mistaken for one of ours.
_NEIGHBOURS = ("fr", "es")
# Little words that hardly any question does without. In a short one they say more than letters do: "Was ist ProM?".
_LITTLE_WORDS = {
    "en": "what who which where when why how is are was were does do did can could the of in on for and to it there "
    "many",
    "it": "che cosa chi quale quali dove quando perché come quanto quanti quante è sono ha hanno il lo la i gli le un "
    "una di del della dei in per con e ed si ci c",
    "de": "was wer wozu womit wofür welche welcher welches wo wann warum wie ist sind war hat haben gibt kann der die "
    "das den dem ein eine von im in für und zu es dort viele viel",
}
# Below this probability the text is too short or too mixed to say ("HIT?", "startup visa").
_SURE = 0.5


def _told_by_little_words(text: str) -> str | None:
    """Return the language that has more of the little words than any other, and at least two."""
    said = re.findall(r"\w+", text.lower())
    counts = {code: sum(word in known.split() for word in said) for code, known in _LITTLE_WORDS.items()}
    first, second, _ = sorted(counts, key=lambda code: -counts[code])
    return first if counts[first] >= 2 and counts[first] > counts[second] else None


@cache
def _detector() -> "LanguageDetector":
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in (*LANGUAGES, *_NEIGHBOURS)]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()


def detect_language(text: str, default: str = "en") -> str:
    """Return the language of `text` as a code of `LANGUAGES`.

    `default` (the conversation's language, say) decides where the text alone does not.
    """
    if told := _told_by_little_words(text):
        return told
    values = _detector().compute_language_confidence_values(text)
    shares = {value.language.iso_code_639_1.name.lower(): value.value for value in values}
    best = max(shares, key=shares.__getitem__)
    if shares[best] >= _SURE and best in LANGUAGES:
        return best
    # Uncertain: the default counts double, so that it wins unless another language is clearly likelier. It comes first,
    # so that it also wins where nothing is likely at all (no letters).
    return max((default, *LANGUAGES), key=lambda code: shares[code] * (2 if code == default else 1))

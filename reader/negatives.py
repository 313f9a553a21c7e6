"""Near-misses by rule: a question or claim with another year, quantity or name, and a passage without its answer."""

import random
import re
from collections.abc import Iterable, Sequence

from corpus.figures import FIGURE

_NAME = re.compile(
    r"(?<=[\w,;] )[A-ZÀ-Þ][\w'’-]{2,}(?: (?:of|de|di|del|della|von|the|für|und|and) [A-ZÀ-Þ][\w-]+| [A-ZÀ-Þ][\w-]+)*"
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d$")
OPPOSITES = {
    "en": "first last/most least/more less/before after/largest smallest/highest lowest/north south/east west/increase "
    "decrease/higher lower/larger smaller/early late/public private/maximum minimum/best worst/always never/old new/"
    "begin end/started ended/won lost/import export/inside outside/above below/with without/open close/free paid",
    "it": "primo ultimo/prima ultima/più meno/dopo prima/maggiore minore/massimo minimo/nord sud/est ovest/aumento "
    "diminuzione/alto basso/alta bassa/pubblico privato/pubblica privata/sempre mai/vecchio nuovo/vecchia nuova/"
    "migliore peggiore/inizio fine/con senza/dentro fuori/sopra sotto/aperto chiuso/vinto perso",
    "de": "erste letzte/ersten letzten/meisten wenigsten/mehr weniger/vor nach/größte kleinste/höchste niedrigste/nord "
    "süd/norden süden/osten westen/höher niedriger/größer kleiner/früh spät/öffentliche private/öffentlichen privaten/"
    "immer nie/alte neue/alten neuen/beste schlechteste/beginn ende/mit ohne/innerhalb außerhalb/über unter",
}


def names(text: str) -> list[str]:
    """Return the names in `text`: runs of capitalised words that do not begin a sentence."""
    return [match[0] for match in _NAME.finditer(text)]


def near_miss(text: str, language: str, around: Iterable[str], rng: random.Random) -> str | None:
    """Return `text` with one year, quantity, name or word of order changed; None when it has none.

    `around` is the text that other figures and names are taken from: the article, so that they sound right.
    """
    pool = " ".join(around)
    ways = ["figure", "name", "opposite"]
    rng.shuffle(ways)
    for way in ways:
        if way == "figure":
            changed = _other_figure(text, pool, rng)
        elif way == "opposite":
            changed = _opposite(text, language, rng)
        else:  # in German every noun has a capital: a "name" is any noun
            changed = None if language == "de" and rng.random() < 0.5 else _other_name(text, pool, rng)
        if changed:
            return changed
    return None


def _other_figure(text: str, pool: str, rng: random.Random) -> str | None:
    found = list(FIGURE.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    figure = match[0]
    return text[: match.start()] + _figure_like(figure, pool, rng) + text[match.end() :]


def _figure_like(figure: str, pool: str, rng: random.Random) -> str:
    """Return another figure of the pool of the same kind, else one that is made up."""
    is_year = bool(_YEAR.match(figure))
    others = {m[0] for m in FIGURE.finditer(pool)} - {figure}
    alike = sorted(o for o in others if bool(_YEAR.match(o)) == is_year and len(o) == len(figure))
    if alike and rng.random() < 0.6:
        return rng.choice(alike)
    if is_year:
        return str(int(figure) + rng.choice([-20, -10, -5, -3, -2, -1, 1, 2, 3, 5, 10]))
    digits = [i for i, c in enumerate(figure) if c.isdigit()]
    at = rng.choice(digits[:2])
    other = rng.choice([d for d in "123456789" if d != figure[at]])
    return figure[:at] + other + figure[at + 1 :]


def _other_name(text: str, pool: str, rng: random.Random) -> str | None:
    own = names(text)
    if not own:
        return None
    name = rng.choice(own)
    words = set(name.lower().split())
    others = sorted({o for o in names(pool) if not words & set(o.lower().split()) and o not in text})
    alike = [o for o in others if len(o.split()) == len(name.split())] or others
    return text.replace(name, rng.choice(alike), 1) if alike else None


def _opposite(text: str, language: str, rng: random.Random) -> str | None:
    swaps: list[tuple[str, str]] = []
    for pair in OPPOSITES[language].split("/"):
        one, other = pair.split()
        swaps += [(one, other), (other, one)]
    fitting = [(a, b) for a, b in swaps if re.search(rf"\b{a}\b", text)]
    if not fitting:
        return None
    one, other = rng.choice(fitting)
    return re.sub(rf"\b{one}\b", other, text, count=1)


def without(sentences: Sequence[str], gold: Sequence[int]) -> tuple[str, ...]:
    """Return the sentences of a passage without those that answer."""
    return tuple(sentence for i, sentence in enumerate(sentences) if i not in gold)

"""Whether a text says that it does not answer. Peers have no status, so their words are all there is to go by."""

import re

_TEXT = r"(?:contexts?|documents?|texts?|information|passages?|sources?)"
_TESTO = r"(?:contesto|test[oi]|document[oi]|informazioni|fonti|passaggi)"
_QUELLE = r"(?:kontext|text|dokumente?n?|quellen?|informationen)"
_PHRASES = (
    # English
    r"\bi (?:do not|don't) know\b",
    r"\bi (?:cannot|can't|can not|could not|couldn't|am unable to|am not able to) "
    r"(?:say|tell|answer|find|determine|provide|assist|help|comply|confirm|give|fulfil|access)",
    r"\bi(?:'m| am) (?:not sure|not certain|sorry|unable)",
    r"(?:is|are|was|were)(?: not|n't) (?:\w+ly )?(?:mentioned|specified|stated|disclosed|indicated)\b",
    rf"(?:\bnot|n't) (?:\w+ly )?(?:\w+ )?(?:in|by|from|within) the (?:provided |given |above |retrieved )?{_TEXT}\b",
    rf"\b{_TEXT}(?: \w+)? (?:do|does)(?: not|n't) (?:\w+ly )?"
    r"(?:mention|contain|provide|specify|include|state|say|give|address|cover|answer|have|indicate|offer)",
    r"\bno (?:specific |explicit |relevant |further |direct |such |detailed )?(?:information|mention|details?\b)",
    r"\b(?:not enough|insufficient) (?:information|context|details?)\b",
    r"\b(?:cannot|can't|could not) be (?:determined|answered|found)\b",
    r"^empty response\b",  # what LlamaIndex says when it found nothing
    # Italian
    r"\bnon (?:lo )?so\b",
    r"\bnon (?:ne )?sono (?:sicur|cert[oa]\b|in grado)",
    r"\bnon (?:è|e'|viene|sono|vengono|risulta|risultano) (?:\w+mente )?(?:stat[oaie] )?"
    r"(?:specificat|menzionat|precisat|riportat|indicat|citat)",
    r"\bnon (?:\w+ ){0,2}(?:informazion|dettagli\b|indicazion|menzion)",
    r"\bnessun(?:a|'| )? ?(?:informazione|menzione|indicazione|dettaglio)",
    rf"\b{_TESTO}(?: \w+)? non (?:menzion|specific|contien|conteng|contengono|fornisc|indic|riport|dic)",
    r"\bnon (?:posso|riesco a|è possibile|si può) (?:\w+ )?(?:rispond|forn|trov|determin|aiut|assist|conferm)",
    r"\bmi dispiace\b",
    r"\binformazioni (?:insufficienti|non sufficienti)",
    # German; case folding writes ß as ss
    r"\bweiss (?:ich )?(?:es |das )?(?:leider )?nicht\b",
    r"\bkeine? (?:\w+en? )?(?:information|angabe|hinweis|erwähnung|auskunft|auskünfte|details?\b)",
    r"\b(?:nicht|nirgends) (?:ausdrücklich |explizit |direkt |spezifisch |näher |genau )?"
    r"(?:erwähnt|angegeben|genannt|spezifiziert|aufgeführt)",
    r"\bkann (?:\w+ ){0,4}nicht (?:\w+ )?(?:beantwort|sagen|bestimm|helfen|find|bereitstell|geben|bestätig)",
    r"\bgeht (?:\w+ ){0,6}nicht hervor",
    rf"\b{_QUELLE} (?:\w+ ){{0,3}}(?:enthält|enthalten|erwähnt|nennt|gibt) (?:\w+ ){{0,2}}(?:nicht|keine?)\b",
    r"\btut mir (?:\w+ )?leid\b",
)
_SAYS_SO = re.compile("|".join(_PHRASES))


def refuses(text: str) -> bool:
    """Whether `text`, in English, Italian or German, says that it does not know, or that the documents do not say."""
    return _SAYS_SO.search(" ".join(text.casefold().replace("’", "'").split())) is not None

"""Texts of strangers without what points to a person: who asked, and how to reach them, is nobody's business."""

import re

# What looks like a number to be masked and is none: dates, times from and to, years, thousands, amounts.
_DATE = r"\d{1,2}[./-](?:\d{1,2}[./-])?(?:(?:19|20)\d\d(?!\d)|\d\d(?![./-]?\d))|\d\d\.\d\d(?=[\s–-])"
_YEAR = r"(?:19|20)\d\d(?!\d)"
_THOUSANDS = r"\+?[1-9]\d{0,2}(?:[.,'’\s]\d{3})+(?![\s./-]?\d)"
_BEGIN = rf"(?!{_DATE}|{_YEAR}|{_THOUSANDS})"
_END = r"(?!\d|[.,]\d|\s*(?i:€|%|eur|m²|mio\b|mln\b|milli|mill\b|miliard))"
_ALONE = rf"(?<!\w)(?<!\d[.,/-]){_BEGIN}"
_GAP = r"[\s./()–-]{0,3}"

_E_MAIL = r"(?<![\w.+%-])[\w.+%-]++\s?(?:@|[(\[](?:at|AT|chiocciola)[)\]])\s?[\w-]+(?:\.[\w-]+)+"
_IBAN = (
    r"(?i)(?<![\w-])(?!EU)[A-Z]{2}\d{2}(?:[\s-]?[A-Z]{4})?(?:[\s-]?(?=[A-Z]*\d)[A-Z\d]{4}){3,7}(?:[\s-]?\d{1,3})?\b"
    r"|\bIT[\s-]?\d{2}[\s-]?[A-Z](?:[\s-]?\d{5}){2}[\s-]?\d{12}\b"  # in the parts that Italian banks write
)
# Letters stand for the last digits where two persons would have the same code.
_TAX_CODE = r"(?i)\b[A-Z]{3}\s?[A-Z]{3}\s?\d[\dL-NP-V][A-EHLMPRST][\dL-NP-V]{2}\s?[A-Z][\dL-NP-V]{3}\s?[A-Z]\b"
_COUNTRY = "(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)"
_VAT = (
    rf"\b{_COUNTRY}[\s-]?U?(?:[A-Z]?\d{{8,12}}|[A-Z]{{2}}\d{{9}})(?:B\d\d)?\b"
    rf"|\bCHE-?\d{{3}}(?:\.?\d{{3}}){{2}}|(?<![\d.,])\d{{11}}{_END}"
)
_VAT_BY_NAME = (
    r"((?i:\bp\.?\s?iva|\bpartita\s+iva|\bvat|\bust\W?id\w*|\bsteuernummer|\bcodice\s+fiscale)\b[^\d\n]{0,20})"
    rf"{_BEGIN}\d(?:[\s./-]?\d){{7,12}}{_END}"
)
_CARD = (
    rf"{_ALONE}(?:(?:[3-6]\d|2[2-7])\d\d(?:[\s-]?\d{{4}}){{2}}[\s-]?\d{{1,7}}"
    rf"|3[47]\d\d[\s-]?\d{{6}}[\s-]?\d{{5}}){_END}"  # American Express
)
_PHONE = (
    rf"{_ALONE}(?:(?:\+|00)[1-9](?:{_GAP}\d){{6,13}}"  # with the code of a country
    rf"|\(?0\d{{1,4}}(?:{_GAP}\d){{5,9}}"  # Italy, Germany and Austria, from within
    rf"|(?:39\s?)?3\d\d(?:{_GAP}\d){{6,7}}"  # Italian mobiles
    rf"|\(?[2-9]\d\d\)?[\s.-]\d{{3}}[\s.-]\d{{4}}){_END}"  # North America
)
_PHONE_BY_NAME = (
    r"((?i:\btel|\bphone|\bcell|\bmobile|\bwhatsapp|\bfax|\bhandy|call me|chiamatemi|chiamami)[^\d\n]{0,20})"
    rf"{_BEGIN}\d(?:{_GAP}\d){{5,12}}{_END}"
)
_TITLE = r"(?:(?i:dr|prof|ing|avv|dott|dottoressa|sig|signora|mr|mrs|ms|herr|frau)(?:\.?ssa|\.ra)?\.?\s+)*"
_CAPITAL = r"(?:[A-ZÀ-Þ]\.|[A-ZÀ-Þ][\w'’-]*)"
_WORD = r"[\w'’-]+"
_PARTICLE = r"(?:(?:de|di|da|del|della|von|van|zu|der)\s+)*"
_SMALL = r"(?:and|from|of|in|what|how|can|i|e|ed|sono|da|di|come|quanto|und|aus|von|wie|was|bin)\b"
_NAME = (
    r"((?i:my name(?: is|['’]s)|mi chiamo|il mio nome è|ich hei(?:ß|ss)e|mein name ist)[\s:,]+)"
    rf"{_TITLE}(?:(?:{_CAPITAL}|{_WORD}(?=\s+{_PARTICLE}{_CAPITAL}))(?:\s+{_PARTICLE}{_CAPITAL}){{0,3}}"
    rf"|{_WORD}(?:\s+(?!{_SMALL}){_WORD})?)"
)
# The longest first: an IBAN holds what looks like a card's number, and that holds what looks like a phone's.
_MASKS = [
    (re.compile(_E_MAIL), "[e-mail]"),
    (re.compile(_IBAN), "[IBAN]"),
    (re.compile(_TAX_CODE), "[tax code]"),
    (re.compile(_VAT_BY_NAME), r"\1[VAT number]"),
    (re.compile(_VAT), "[VAT number]"),
    (re.compile(_CARD), "[card number]"),
    (re.compile(_PHONE), "[phone]"),
    (re.compile(_PHONE_BY_NAME), r"\1[phone]"),
    (re.compile(_NAME), r"\1[name]"),
]


def mask(text: str) -> str:
    """Return a text with what points to a person replaced by what it was; ordinary figures stay."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text

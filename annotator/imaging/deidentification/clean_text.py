"""Descriptions without what could tell who the patient is: the object's own names and numbers, dates, telephones.

Source of the task: DICOM PS3.15 E.3.5, Clean Descriptors Option.
"""

import re

from annotator.imaging.deidentification.identifying_words import UNSPACED, IdentifyingWords, folded

MONTHS = (
    r"(?:jan(?:uary?|vier|uar)?|feb(?:ruary?|ruar)?|mar(?:ch|s)?|mär(?:z)?|apr(?:il)?|ma[iy]|june?|juin|juni?|july?|juli"
    r"|juillet|aug(?:ust)?|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|de[cz](?:ember)?|d[ée]cembre)"
)
# In this order: the longer patterns first, so that no half of a date remains.
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.UNICODE)
    for pattern in (
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # mail
        r"\b(?:https?|ftp)://\S+",
        r"(?<!\d)\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d)",
        r"(?<!\d)\d{1,2}[-./]\d{1,2}[-./]\d{2,4}(?!\d)",
        rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th|\.)?[ \-.]*(?:of )?{MONTHS}\b\.?[ \-.,]*(?:\d{{4}}|\d{{2}})?(?!\d)",
        rf"\b{MONTHS}\b\.?[ \-.,]*(?:\d{{1,2}}(?:st|nd|rd|th)?[ ,]+)?\d{{4}}(?!\d)",
        # A title and the name behind it. "MR head" and "DR chest" are modalities.
        r"(?-i:\b(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau|Mme|Mlle|Sra)\b\.?|\b(?:DR|PROF|MR|MRS|MS)\.)\s*"
        r"(?:(?:dr|prof|med)\b\.?\s+)*[^\W\d_][\w'’-]*(?-i:[ ,]+[A-ZÄÖÜ][\w'’-]+)?",
        r"\b(?:patient(?:'s)? name|name)\b\s*[.:=#]+\s*[\w'’-]+(?:[ ,^]+[\w'’-]+)?",
        r"\b(?:mrn|dob|born|geb)\b\s*[.:=#]+\s*[\w'’-]+",
    )
)
TELEPHONE = re.compile(r"(?<![\w.])\+?\(?\d{1,5}\)?(?:[ \-./]{1,2}\(?\d{2,5}\)?){1,5}(?![\w.])")
LEAST_TELEPHONE_DIGITS = 7
# A token with five digits or more in a row, whatever letters stick to it.
LONG_NUMBER = re.compile(r"[\w-]*\d{5,}[\w-]*", re.UNICODE)
TOKEN = re.compile(r"[^\s,;:()\[\]{}\"|<>=^/\\]+", re.UNICODE)
BLANKS = re.compile(r"[ \t]{2,}")
LOOSE = re.compile(r"\(\s*\)|\[\s*\]|(?<=\s)[,;:]+(?=\s)")
EDGES = " \t,;:/-^"
# Words this long are looked for inside tokens too: "jsmith", "SmithJohn".
LEAST_INSIDE = 5


def clean_description(text: str, known: IdentifyingWords) -> str:
    """A description without names and identifiers of its object, dates, telephones, addresses and long numbers."""
    for pattern in PATTERNS:
        text = pattern.sub(" ", text)
    text = TELEPHONE.sub(_without_telephone, text)
    return _tidied(clean_known(LONG_NUMBER.sub(" ", text), known))


def clean_known(text: str, known: IdentifyingWords) -> str:
    """A text without the names and identifiers of its object; all else stays as it is."""
    cleaned = _without_unspaced(text, known)
    cleaned = _without_codes(cleaned, known)
    cleaned = TOKEN.sub(lambda found: _cleaned_token(found[0], known), cleaned)
    return text if cleaned == text else _tidied(cleaned)


def holds_known(text: str, known: IdentifyingWords) -> bool:
    """Whether a text holds a name or an identifier of its object."""
    return clean_known(text, known) != text


def bytes_hold_known(content: bytes, known: IdentifyingWords) -> bool:
    """Whether binary data holds a name or number of its object, long enough not to be there by chance, as text."""
    plain = content.lower()
    return any(
        word.encode(encoding) in plain
        for word in (*known.words, *known.codes, *known.numbers)
        if len(word) > LEAST_INSIDE
        for encoding in ("utf-8", "utf-16-le")
    )


def _without_telephone(found: re.Match[str]) -> str:
    return " " if sum(letter.isdigit() for letter in found[0]) >= LEAST_TELEPHONE_DIGITS else found[0]


def _cleaned_token(token: str, known: IdentifyingWords) -> str:
    plain = folded(token)
    if any(word in plain for word in known.words if len(word) >= LEAST_INSIDE):
        return ""
    if any(number in plain for number in known.numbers):
        return ""
    parts = re.split(r"([\W\d_]+)", token)
    if not any(folded(part) in known.words for part in parts if part):
        return token
    return "".join(part for part in parts if folded(part) not in known.words)


def _without_codes(text: str, known: IdentifyingWords) -> str:
    """Identifiers may hold blanks and slashes, which end tokens."""
    for code in sorted((*known.codes, *(word for word in known.words if " " in word)), key=len, reverse=True):
        if code in folded(text):
            text = re.sub(re.escape(code), " ", folded(text) if code not in text.lower() else text, flags=re.IGNORECASE)
    return text


def _without_unspaced(text: str, known: IdentifyingWords) -> str:
    for word in known.words:
        if UNSPACED.search(word):
            text = re.sub(re.escape(word), " ", text, flags=re.IGNORECASE)
    return text


def _tidied(text: str) -> str:
    return BLANKS.sub(" ", LOOSE.sub(" ", text)).strip(EDGES)

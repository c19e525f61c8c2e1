"""The body part of a series whose header leaves Body Part Examined empty, as many scanners do."""

import re

# Whole words of descriptions in the languages met so far, and DICOM's terms for them (PS3.16 annex L).
_WORDS = {
    "HEAD": "head brain skull cranium cranial cerebral kopf schadel tete cerveau cabeza craneo",
    "CHEST": "chest thorax thoracic lung lungs pulmonary torax poumon lunge pulmon",
    "ABDOMEN": "abdomen abdominal liver kidney kidneys renal hepatic",
    "PELVIS": "pelvis pelvic becken",
    "NECK": "neck hals cuello cou",
    "THYROID": "thyroid thyroide tiroides schilddruse",
    "BREAST": "breast breasts mammo mammography mammogram mamma",
    "HEART": "heart cardiac echocardiogram echocardiography",
    "SPINE": "spine cspine tspine lspine lumbar vertebra wirbelsaule",
}
_PART_OF_WORD = {word: part for part, words in _WORDS.items() for word in words.split()}


def body_part_of_descriptions(*descriptions: str) -> str:
    """DICOM's term for the one body part that descriptions name; empty when they name none, or several.

    Parameters
    ----------
    descriptions : e.g. Study Description, Series Description, Protocol Name.
    """
    words = (word for text in descriptions for word in re.findall(r"[a-z]+", text.lower()))
    parts = {_PART_OF_WORD[word] for word in words if word in _PART_OF_WORD}
    return parts.pop() if len(parts) == 1 else ""

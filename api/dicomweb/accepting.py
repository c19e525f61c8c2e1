"""Which media types and transfer syntaxes a client accepts, most wanted first.

Source: DICOM PS3.18 8.3.3.1 (the accept parameter), 8.7.5 (which one is selected), RFC 9110 12.5.1.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest

# A parameter's value is a token or a quoted string, which may hold commas and semicolons.
_PIECES = re.compile(r'"(?:\\.|[^"\\])*"|[^",;]+|[,;]')
MULTIPART = "multipart/related"


@dataclass(frozen=True)
class MediaRange:
    """One acceptable form.

    Attributes
    ----------
    name : of the bodies: of the parts where they come as multipart/related, e.g. image/jpeg, image/* or */*.
    multipart : whether it was asked for as multipart/related; None when either will do.
    transfer_syntax : a UID, "*" for whichever it is stored in, "" when nothing was said.
    """

    name: str
    multipart: bool | None = None
    transfer_syntax: str = ""
    quality: float = 1.0
    parameters: dict[str, str] = field(default_factory=dict, compare=False)

    def takes(self, media_type: str) -> bool:
        """Whether bodies of this type are in the range."""
        return self.name in ("*/*", media_type) or (
            self.name.endswith("/*") and media_type.startswith(self.name.removesuffix("*"))
        )


def accepted(request: HttpRequest) -> list[MediaRange]:
    """What a request accepts, most wanted first: its `accept` parameter, then its header.

    Anything when it says nothing; what is marked q=0 is left out.
    """
    # A plus in an address means a blank, and clients seldom escape it.
    parameter = request.GET.get("accept", "").replace("dicom json", "dicom+json").replace("dicom xml", "dicom+xml")
    wanted: list[MediaRange] = []
    for text in (parameter, request.META.get("HTTP_ACCEPT", "")):
        ranges = parse_ranges(text)
        wanted += sorted((one for one in ranges if one.quality > 0), key=lambda one: -one.quality)
        if ranges and not wanted:
            return []
    return wanted or [MediaRange("*/*")]


def parse_ranges(text: str) -> list[MediaRange]:
    """The media ranges of an Accept header, in its order; what makes no sense is left out."""
    ranges = []
    for pieces in _split(_PIECES.findall(text), ","):
        name, *parameters = ["".join(part).strip() for part in _split(pieces, ";")] or [""]
        if "/" not in name:
            continue
        pairs = (parameter.partition("=") for parameter in parameters if "=" in parameter)
        ranges.append(_range(name.lower(), {key.strip().lower(): _unquoted(value) for key, _, value in pairs}))
    return ranges


def _split(pieces: Iterable[str], separator: str) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for piece in pieces:
        if piece == separator:
            groups.append([])
        else:
            groups[-1].append(piece)
    return [group for group in groups if "".join(group).strip()]


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _range(name: str, parameters: dict[str, str]) -> MediaRange:
    try:
        quality = min(1.0, max(0.0, float(parameters.get("q", "1"))))
    except ValueError:
        quality = 1.0
    syntax = parameters.get("transfer-syntax", "")
    if name == MULTIPART:
        inner = parameters.get("type", "*/*").lower() or "*/*"
        # Some write the parts' transfer syntax inside the quotation marks.
        inner, _, inside = inner.partition(";")
        syntax = syntax or inside.partition("transfer-syntax=")[2].strip()
        return MediaRange(inner.strip(), True, syntax, quality, parameters)
    if name == "multipart/*":
        return MediaRange("*/*", True, syntax, quality, parameters)
    return MediaRange(name, None if name == "*/*" else False, syntax, quality, parameters)

"""Names of files that every system takes, whatever people called a label. Pure."""

import hashlib
import re
import unicodedata

LONGEST = 100
_MADE_PLAIN = re.compile(r"[^A-Za-z0-9._+-]+")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def safe_name(text: str) -> str:
    """One part of a path: letters of ASCII, digits, `.`, `_`, `+` and `-`; the same text gives the same name.

    Where anything had to be changed, eight digits of the text's hash are added, so that "a/b" and "a b" stay two.
    """
    if is_safe(text):
        return text
    bare = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in bare if not unicodedata.combining(letter))
    plain = _MADE_PLAIN.sub("_", plain).strip("._ ") or "_"
    if _is_reserved(plain):
        plain = f"_{plain}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain[: LONGEST - 9].rstrip('.')}-{digest}"


def is_safe(part: str) -> bool:
    """Whether a part of a path may stand as it is: also on Windows, and no way out of its folder."""
    return bool(
        part
        and len(part) <= LONGEST
        and _MADE_PLAIN.search(part) is None
        and not part.startswith(".")
        and not part.endswith(".")
        and not _is_reserved(part)
    )


def _is_reserved(part: str) -> bool:
    """Whether Windows takes it for a device, whatever stands behind the first dot."""
    return part.partition(".")[0].casefold() in _RESERVED


def is_safe_path(path: str) -> bool:
    """Whether every part between slashes may stand as it is."""
    return all(is_safe(part) for part in path.split("/"))

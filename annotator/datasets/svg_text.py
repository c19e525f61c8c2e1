"""Text in drawings: wrapped, escaped, of one size. Pure."""

import textwrap
from collections.abc import Sequence
from html import escape

FONT = "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
SIZE = 13
LINE = 18
# The mean width of a letter of such fonts at that size; figures are a little wider than letters.
LETTER = 7.7


def wrapped(text: str, width: float) -> list[str]:
    """Lines that fit a width in pixels; a word that is longer is cut."""
    plain = " ".join(text.split())
    return textwrap.wrap(plain, max(4, int(width / LETTER))) or [""]


def lines(text: Sequence[str], x: float, y: float, *, anchor: str = "start", bold: int = 0) -> str:
    """Lines below one another; `y` is the base of the first, the first `bold` of them are bold."""
    return "".join(
        f'<text x="{x:g}" y="{y + at * LINE:g}" text-anchor="{anchor}" font-weight="{600 if at < bold else 400}">'
        f"{printable(line)}</text>"
        for at, line in enumerate(text)
    )


def printable(text: str) -> str:
    """Text as XML takes it: escaped, without signs that XML has no place for."""
    kept = "".join(letter for letter in text if letter >= " " and not "\ud800" <= letter <= "\udfff")
    kept = kept.replace("\ufffe", "").replace("\uffff", "")
    return escape(kept, quote=True)


def drawing(body: str, *, width: float, height: float, title: str) -> str:
    """A whole SVG on white ground, with what it shows in words for who can't see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" font-family="{FONT}" font-size="{SIZE}" fill="#1a1f24">'
        f'<title>{printable(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>{body}</svg>'
    )

"""Text that a spreadsheet program takes for text. Pure."""

# What spreadsheet programs begin a formula with; a tab or a line break before it doesn't help.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def text_cell(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet program would compute it.

    A name or a remark that begins with = could otherwise make the program of whoever opens the file fetch an address
    with other cells in it. Numbers are not text: write them as numbers.

    Source: OWASP, CSV Injection.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text

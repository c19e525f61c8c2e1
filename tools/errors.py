"""What stops a script, said in words."""


class ToolError(Exception):
    """The script can't go on; the message says what is missing and what to do."""

"""The few letters that tell a reader's cases apart. Pure."""

from uuid import UUID

# Without letters that look like digits; 4 of them tell a reader's cases apart and say nothing of the patient.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 4


def case_code(case_id: UUID) -> str:
    """Return the code at the end of a case's title."""
    value = case_id.int
    letters = []
    for _ in range(_LENGTH):
        value, letter = divmod(value, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)

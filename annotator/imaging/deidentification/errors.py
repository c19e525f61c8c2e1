"""Why a file can't be de-identified, or a pseudonym not resolved."""

from annotator.accounts.errors import RoomError


class DeidentificationError(RoomError):
    """The site's settings don't allow it: a missing key, an unknown edition, a key that isn't the one used before."""

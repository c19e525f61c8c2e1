"""Why a file is put aside instead of taken in."""

from annotator.accounts.errors import RoomError


class QuarantineError(RoomError):
    """This file can't become an instance; the message says in plain words what is wrong and what to do."""

    @property
    def reason(self) -> str:
        return str(self)

"""Errors that actions of every room raise; the API and the pages turn them into answers."""


class RoomError(Exception):
    """Something that a person asked for can't be done; the message says what, where and what to do."""


class NotAllowedError(RoomError):
    """The person's role or grant doesn't allow it (HTTP 403)."""


class NotFoundError(RoomError):
    """It does not exist, or this person may not know that it does (HTTP 404)."""


class InvalidError(RoomError):
    """What was sent can't be right (HTTP 400); `path` points at the fault."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path


class ConflictError(RoomError):
    """It was changed meanwhile, or is in a state that forbids this (HTTP 409); `current` is what is there now."""

    def __init__(self, message: str, current: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.current = current


class StaleError(ConflictError):
    """It builds on a state that is no longer there (HTTP 412, or 409 without a precondition in the request's head)."""


class UnavailableError(RoomError):
    """Something that this server needs can't be reached now (HTTP 503): try again later."""

"""Whether something failed because a disk is full: the server's own, or its database's."""

import errno

from django.db import DatabaseError

# The drivers' own codes, by their attributes: neither driver need be loaded for that. Words may be in any language.
_POSTGRESQL_DISK_FULL = "53100"  # class 53, "insufficient resources"
_SQLITE_FULL = 13
# What is said where no code comes along, e.g. by a connection pooler.
_WORDS = ("disk is full", "No space left on device")


def is_full_disk(error: BaseException) -> bool:
    """Whether an error, or the driver's error behind one of Django's, says that a disk is full."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not isinstance(error, DatabaseError):
        return False
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) == _POSTGRESQL_DISK_FULL:
        return True
    # The lower byte of SQLite's extended codes is the plain code.
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF == _SQLITE_FULL:
        return True
    return any(words in str(error) for words in _WORDS)

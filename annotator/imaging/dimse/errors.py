"""What is wrong with how the receiver was told to run."""

from annotator.accounts.errors import RoomError


class PeerError(RoomError):
    """A peer that can't be one: the message says which, and what a peer looks like."""

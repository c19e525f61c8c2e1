"""How much of what the clock says nobody saw pass."""

from datetime import datetime, timedelta

from annotator.readerstudies.models import ClockJump


def held_since(moment: datetime) -> timedelta:
    """How much of what the clock says to have passed since then isn't counted."""
    held = ClockJump.objects.filter(settled_at=None, seen_from__gt=moment)
    return sum((one.seen_from - max(one.seen_until, moment) for one in held), timedelta())


def held_jumps() -> list[ClockJump]:
    """The jumps that nobody has settled."""
    return list(ClockJump.objects.filter(settled_at=None))

"""What an answer is about: the case, a finding, a breast, or a range of slices. Pure."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from annotator.labels.errors import AnswerError


class AppliesTo(StrEnum):
    """What a schema is answered for."""

    CASE = "case"
    FINDING = "finding"
    BREAST = "breast"
    SLICES = "slices"


BREASTS = {"L": "left breast", "R": "right breast"}

_NOUNS = {"case": "the whole case", "finding": "a finding", "breast": "one breast", "slices": "a range of slices"}


@dataclass(frozen=True)
class Target:
    """What one answer is about; the members that don't belong to its kind are None.

    Attributes
    ----------
    finding : its identifier.
    breast : "L" or "R".
    first_frame, last_frame : keys of frames of one stack, in the order in which it is scrolled, ends included.
    """

    kind: AppliesTo
    finding: str | None = None
    breast: str | None = None
    first_frame: str | None = None
    last_frame: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the target with all its members, null where they don't belong to its kind."""
        return {**asdict(self), "kind": self.kind.value}


CASE = Target(AppliesTo.CASE)


def target_for(
    applies_to: str,
    title: str,
    *,
    finding: str | None = None,
    breast: str | None = None,
    first_frame: str | None = None,
    last_frame: str | None = None,
) -> Target:
    """Return the target of an answer to a schema that applies to this.

    Parameters
    ----------
    title : of the schema, for the words of a refusal.
    finding, breast, first_frame, last_frame : as they were sent; empty text is nothing.

    Raises
    ------
    AnswerError : what the schema is answered for is not said, or something else is; with the path of it.
    """
    kind = AppliesTo(applies_to)
    sent = {
        "finding": finding or None,
        "breast": breast or None,
        "first_frame": first_frame or None,
        "last_frame": last_frame or None,
    }
    wanted = {
        AppliesTo.CASE: (),
        AppliesTo.FINDING: ("finding",),
        AppliesTo.BREAST: ("breast",),
        AppliesTo.SLICES: ("first_frame", "last_frame"),
    }[kind]
    for name, value in sent.items():
        if name in wanted and value is None:
            raise AnswerError(f"{title} is answered for {_NOUNS[kind]}. Say which.", name)
        if name not in wanted and value is not None:
            other = "a range of slices" if name.endswith("frame") else _NOUNS[name]
            raise AnswerError(f"{title} is answered for {_NOUNS[kind]}, not for {other}.", name)
    if kind is AppliesTo.BREAST and breast not in BREASTS:
        raise AnswerError(f'A breast is "L" or "R", not {breast!r}.', "breast")
    return Target(kind, **sent)

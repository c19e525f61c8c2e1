"""Stacks whose header and picture disagree about the side of the body, until a person has said which is right."""

from django.db.models import F, Q

from annotator.imaging.models import Stack

SIDES = ("L", "R")


def sides_disagree() -> Q:
    """Stacks where the header names one side and the picture shows the other, decided or not."""
    return Q(laterality__in=SIDES, laterality_from_pixels__in=SIDES) & ~Q(laterality=F("laterality_from_pixels"))


def in_doubt() -> Q:
    """Those among them that nobody has decided."""
    return sides_disagree() & Q(laterality_verdict="")


def is_in_doubt(stack: Stack) -> bool:
    """As `in_doubt`, of a stack at hand."""
    return not stack.laterality_verdict and do_sides_disagree(stack)


def do_sides_disagree(stack: Stack) -> bool:
    """As `sides_disagree`, of a stack at hand."""
    sides = {stack.laterality, stack.laterality_from_pixels}
    return len(sides) == 2 and sides <= set(SIDES)

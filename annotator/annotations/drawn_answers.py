"""Answers that are drawn: they name the reader's own marks."""

from typing import Any
from uuid import UUID

from annotator.accounts.errors import InvalidError
from annotator.annotations.models import Annotation
from annotator.annotations.turns import Turn


def check_drawn(turn: Turn, definition: dict[str, Any], answers: dict[str, Any], *, finding_id: UUID | None) -> None:
    """Let answers pass that name marks of this reader in this case, of the kind that is asked for.

    Raises
    ------
    InvalidError : no such mark, or one of another kind or finding; with the path, e.g. "answers.outline[1]".
    """
    drawn = {
        (question["name"], place): (question["mark_kind"], named)
        for question in definition["form"]["questions"]
        if question["kind"] == "draw"
        for place, named in enumerate(answers.get(question["name"], ()))
    }
    if not drawn:
        return
    wanted = {place: _identifier(named, place) for place, (_, named) in drawn.items()}
    found = {
        mark.pk: mark
        for mark in Annotation.objects.filter(
            # A deleted one may come back, and whoever undoes that finds the answer as it was.
            pk__in=wanted.values(),
            case_id=turn.case_id,
            owner=turn.owner,
        ).only("kind", "finding_id")
    }
    for place, (kind, _) in drawn.items():
        mark = found.get(wanted[place])
        if mark is None:
            raise InvalidError("You have no such mark in this case: draw it first.", path=_path(place))
        if mark.kind != kind:
            raise InvalidError(f"This asks for a {kind}, and that mark is a {mark.kind}.", path=_path(place))
        if finding_id is not None and mark.finding_id not in {None, finding_id}:
            raise InvalidError("That mark shows another finding.", path=_path(place))


def _identifier(named: str, place: tuple[str, int]) -> UUID:
    try:
        return UUID(named)
    except ValueError as error:
        raise InvalidError("A mark is named by its identifier.", path=_path(place)) from error


def _path(place: tuple[str, int]) -> str:
    return f"answers.{place[0]}[{place[1]}]"

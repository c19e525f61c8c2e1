"""What changed from one release to another: counts of everything, and lists as long as people read."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

from annotator.datasets.models import Release
from annotator.datasets.release_rows import released_stacks
from annotator.datasets.released import ReleasedAnswer, ReleasedMark, ReleasedStack

# Of each kind of change so many are listed; all are counted.
MOST_LISTED = 500
CHANGES = (
    "patients_added",
    "patients_removed",
    "patients_moved",
    "stacks_added",
    "stacks_removed",
    "frames_added",
    "frames_removed",
    "frames_changed",
    "marks_added",
    "marks_removed",
    "marks_redrawn",
    "marks_relabelled",
    "answers_added",
    "answers_removed",
    "answers_changed",
)


@dataclass(frozen=True)
class Change:
    """One thing that differs: what it is, where, and how it was and is in words."""

    id: str
    patient: str
    stack_key: str
    before: str = ""
    after: str = ""


@dataclass
class ReleaseComparison:
    """Counts of every change by its name in CHANGES; lists hold the first of each."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHANGES, 0))
    lists: dict[str, list[Change]] = field(default_factory=lambda: {name: [] for name in CHANGES})

    def __getattr__(self, name: str) -> list[Change]:
        if name in CHANGES:
            return self.lists[name]
        raise AttributeError(name)

    def to_json(self) -> dict[str, Any]:
        return {
            "counts": self.counts,
            "lists": {name: [asdict(change) for change in changes] for name, changes in self.lists.items()},
        }

    def note(self, name: str, change: Change) -> None:
        self.counts[name] += 1
        if len(self.lists[name]) < MOST_LISTED:
            self.lists[name].append(change)


def compare_releases(before: Release, after: Release) -> ReleaseComparison:
    """Compare two frozen releases, usually of one cohort. A stack of each is in memory at a time.

    A mark is relabelled when its label, category or finding differ, redrawn when its place or shape do; both may be.
    """
    found = ReleaseComparison()
    sides: tuple[dict[str, str], dict[str, str]] = ({}, {})
    answers: tuple[dict[str, ReleasedAnswer], dict[str, ReleasedAnswer]] = ({}, {})
    study = ""
    for old, new in _paired(released_stacks(before), released_stacks(after)):
        here = next(one for one in (old, new) if one is not None)
        if here.study_uid != study:
            # Answers of a case stand in every stack of a study; they count once.
            _compare_answers(found, *answers)
            answers, study = ({}, {}), here.study_uid
        for side, stack, kept in zip(sides, (old, new), answers, strict=True):
            if stack is not None:
                side[stack.patient] = stack.split
                kept.update({answer.id: answer for answer in stack.answers})
        _compare_stack(found, old, new)
    _compare_answers(found, *answers)
    for patient in sorted(sides[0].keys() | sides[1].keys()):
        was, now = sides[0].get(patient), sides[1].get(patient)
        if was != now:
            name = "patients_added" if was is None else "patients_removed" if now is None else "patients_moved"
            found.note(name, Change(patient, patient, "", was or "", now or ""))
    return found


def _order(stack: ReleasedStack) -> tuple[str, str, str, str]:
    return stack.patient, stack.study_uid, stack.series_uid, stack.stack_key


def _paired(
    before: Iterator[ReleasedStack], after: Iterator[ReleasedStack]
) -> Iterator[tuple[ReleasedStack | None, ReleasedStack | None]]:
    """The stacks of both in their common order, side by side where they are the same stack."""
    old, new = next(before, None), next(after, None)
    while old is not None or new is not None:
        if new is None or (old is not None and _order(old) < _order(new)):
            yield old, None
            old = next(before, None)
        elif old is None or _order(new) < _order(old):
            yield None, new
            new = next(after, None)
        else:
            yield old, new
            old, new = next(before, None), next(after, None)


def _compare_stack(found: ReleaseComparison, old: ReleasedStack | None, new: ReleasedStack | None) -> None:
    here = next(one for one in (old, new) if one is not None)
    where = {"patient": here.patient, "stack_key": here.stack_key}
    if old is None or new is None:
        found.note("stacks_added" if old is None else "stacks_removed", Change(here.stack_key, **where))
    frames = [{frame.frame_key: frame for frame in stack.frames} if stack else {} for stack in (old, new)]
    for key in sorted(frames[0].keys() | frames[1].keys()):
        if key not in frames[0] or key not in frames[1]:
            found.note("frames_added" if key not in frames[0] else "frames_removed", Change(key, **where))
        elif frames[0][key].pixel_hash != frames[1][key].pixel_hash:
            found.note("frames_changed", Change(key, **where))
    marks = [{mark.id: mark for mark in stack.marks} if stack else {} for stack in (old, new)]
    for name in sorted(marks[0].keys() | marks[1].keys()):
        _compare_mark(found, name, marks[0].get(name), marks[1].get(name), where)


def _compare_mark(
    found: ReleaseComparison, name: str, old: ReleasedMark | None, new: ReleasedMark | None, where: dict[str, str]
) -> None:
    if old is None or new is None:
        change = Change(name, **where, before=_called(old), after=_called(new))
        found.note("marks_added" if old is None else "marks_removed", change)
        return
    if (old.label, old.category, old.finding) != (new.label, new.category, new.finding):
        found.note("marks_relabelled", Change(name, **where, before=_called(old), after=_called(new)))
    shapes = [(mark.kind, mark.points, mark.mask, mark.place, mark.first_place, mark.last_place) for mark in (old, new)]
    if shapes[0] != shapes[1]:
        found.note("marks_redrawn", Change(name, **where, before=old.kind, after=new.kind))


def _called(mark: ReleasedMark | None) -> str:
    return "" if mark is None else f"{mark.category} {mark.label}".strip()


def _compare_answers(found: ReleaseComparison, old: dict[str, ReleasedAnswer], new: dict[str, ReleasedAnswer]) -> None:
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        some = was or now
        if some is None:
            continue
        if was is None or now is None:
            found.note("answers_added" if was is None else "answers_removed", Change(name, "", "", after=some.schema))
            continue
        questions = sorted(
            question
            for question in dict.fromkeys(chain(was.answers, now.answers))
            if was.answers.get(question) != now.answers.get(question)
        )
        if questions or was.override != now.override or was.schema != now.schema:
            words = ", ".join(f"{question}: {was.answers.get(question)}" for question in questions)
            since = ", ".join(f"{question}: {now.answers.get(question)}" for question in questions)
            found.note("answers_changed", Change(name, "", "", f"{was.schema} {words}", f"{now.schema} {since}"))

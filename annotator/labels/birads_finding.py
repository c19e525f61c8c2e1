"""BI-RADS of one finding: its description in one line, and what in it does not go together. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from annotator.labels.birads_breast import SIDE_OF_LATERALITY
from annotator.labels.context import ScoringContext
from annotator.labels.form import title_of_option, title_of_question
from annotator.labels.form_checks import FormCheck, checked
from annotator.labels.score import Score, ScoreWarning
from annotator.labels.sizes import counted_size
from annotator.labels.targets import BREASTS

# The hours of each quadrant, clockwise, as one faces the patient: the right breast's outer side is on the left.
_HOURS_OF_RIGHT = {
    "upper_inner": (12, 1, 2, 3),
    "lower_inner": (3, 4, 5, 6),
    "lower_outer": (6, 7, 8, 9),
    "upper_outer": (9, 10, 11, 12),
}
_MIRRORED = {hour: 12 - hour if hour != 12 else 12 for hour in range(1, 13)}
HOURS: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "right": _HOURS_OF_RIGHT,
    "left": {quadrant: tuple(_MIRRORED[hour] for hour in hours) for quadrant, hours in _HOURS_OF_RIGHT.items()},
}
_LATERALITY = "laterality"
_PLACES = (_LATERALITY, "quadrant", "depth")


def score_finding(definition: Mapping[str, Any], answers: Mapping[str, Any], context: ScoringContext) -> Score:
    """Describe a finding and hold its location against itself and against the pictures that its marks lie on.

    Parameters
    ----------
    definition : its scoring may name the question of the size ("size"); one typed goes before one measured. Its
        laterality follows from the pictures where it was left open.
    """
    size = counted_size(definition["scoring"], answers, measured_mm=context.size_mm, source=context.size_source)
    side = _side_of_marks(context)
    derived = _laterality_of_marks(definition, answers, side)
    open_ = _LATERALITY in _asked(definition) and _LATERALITY not in {*answers, *derived}
    held = {**answers, **{name: found["value"] for name, found in derived.items()}}
    return Score(
        explanation=tuple(_described(definition, held, size.mm)),
        missing=(title_of_question(dict(definition), _LATERALITY),) if open_ else (),
        missing_names=(_LATERALITY,) if open_ else (),
        warnings=tuple(finding_warnings(held, side_of_marks=side)),
        derived=derived,
        extra={"size_mm": size.mm, "size_source": size.source},
    )


def finding_warnings(answers: Mapping[str, Any], *, side_of_marks: str = "") -> list[ScoreWarning]:
    """Say what does not go together in a finding's description.

    Parameters
    ----------
    side_of_marks : "L" or "R", the breast on whose pictures the finding's marks lie; empty when not known or both.
    """
    warnings = []
    laterality = answers.get(_LATERALITY)
    if side_of_marks and SIDE_OF_LATERALITY.get(str(laterality), side_of_marks) != side_of_marks:
        warnings.append(
            ScoreWarning(
                f"Laterality is {laterality}, yet the finding is marked in the {BREASTS[side_of_marks]}",
                (_LATERALITY,),
            )
        )
    return [*warnings, *checked(_CHECKS, answers)]


def finding_checks(definition: Mapping[str, Any]) -> tuple[FormCheck, ...]:
    """What can be told of a form from its own answers alone: the checks whose questions it has."""
    names = {question["name"] for question in definition["form"]["questions"]}
    return tuple(check for check in _CHECKS if names.issuperset(check.questions))


def _hour_checks() -> Iterator[FormCheck]:
    """For every quadrant the hours of the others; an hour between two lies in the first of them."""
    for laterality, quadrants in HOURS.items():
        for quadrant, hours in quadrants.items():
            told: set[int] = set(hours)
            for other, its_hours in quadrants.items():
                wrong = [hour for hour in its_hours if hour not in told]
                told.update(wrong)
                if wrong:
                    yield FormCheck(
                        {
                            "all": [
                                {"question": _LATERALITY, "is": laterality},
                                {"question": "quadrant", "is": quadrant},
                                {"question": "clock_face", "is_one_of": wrong},
                            ]
                        },
                        f"{{clock_face}} o'clock of the {laterality} breast lies in the {_plain(other)} quadrant, "
                        f"not the {_plain(quadrant)}",
                        ("quadrant", "clock_face"),
                    )


def _laterality_of_marks(definition: Mapping[str, Any], answers: Mapping[str, Any], side: str) -> dict[str, Any]:
    if not side or _LATERALITY in answers or _LATERALITY not in _asked(definition):
        return {}
    value = next(name for name, of in SIDE_OF_LATERALITY.items() if of == side)
    return {_LATERALITY: {"value": value, "because": f"Follows from marks in the {BREASTS[side]}"}}


def _side_of_marks(context: ScoringContext) -> str:
    mine = context.target.finding if context.target else None
    return next((one.side for one in context.findings or () if one.id == mine), "")


def _described(definition: Mapping[str, Any], answers: Mapping[str, Any], size_mm: float | None) -> list[str]:
    """What it is with its features, then where it lies and how large it is: as one would say it in a report."""
    what = [
        ", ".join(_said(definition, name, value) for value in _values(answers[name]))
        for name in _asked(definition)
        if name in answers and name not in _PLACES
    ]
    where = [title_of_option(dict(definition), name, answers[name]).lower() for name in _PLACES[:2] if name in answers]
    if "clock_face" in answers:
        where.append(f"{answers['clock_face']} o'clock")
    if "depth" in answers:
        where.append(f"{answers['depth']} depth")
    if "distance_from_nipple_mm" in answers:
        where.append(f"{answers['distance_from_nipple_mm']:g} mm from the nipple")
    if size_mm is not None:
        where.append(f"largest diameter {size_mm:g} mm")
    lines = ["; ".join(part.lower() if place else part for place, part in enumerate(what)), ", ".join(where)]
    return [line[:1].upper() + line[1:] for line in lines if line]


def _said(definition: Mapping[str, Any], name: str, value: str) -> str:
    """An option as it is said in a row of others: "none" alone would not say of what."""
    title = title_of_option(dict(definition), name, value)
    return f"no {title_of_question(dict(definition), name)}" if title == "None" else title


def _asked(definition: Mapping[str, Any]) -> list[str]:
    return [q["name"] for q in definition["form"]["questions"] if q["kind"] in {"choice", "multiple"}]


def _values(answer: Any) -> list[str]:
    return list(answer) if isinstance(answer, list) else [answer]


def _plain(value: str) -> str:
    return value.replace("_", " ")


_CHECKS = (
    *_hour_checks(),
    FormCheck(
        {
            "all": [
                {"question": "finding_type", "is": "calcifications"},
                {"question": "calcifications", "includes": "none"},
            ]
        },
        "The finding is calcifications, yet none are said to be seen",
        ("finding_type", "calcifications"),
    ),
)

"""The scorings that a definition can name: pure functions, one entry each.

Points and thresholds are data (kind "points"). What takes more is a function of this register, named by
{"kind": "function", "name": ...}; the other members of the definition's "scoring" are its settings. To add one: write
it pure in a file of its own, and give it an entry here. A name, once shipped, keeps its meaning: old versions use it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from annotator.labels.birads import ASSESSMENTS, NOT_IMAGED, score_birads
from annotator.labels.birads_breast import breast_checks, score_breast
from annotator.labels.birads_checks import check_breast, check_examination, check_finding
from annotator.labels.birads_examination import score_examination
from annotator.labels.birads_finding import finding_checks, score_finding
from annotator.labels.conditions import shown_questions
from annotator.labels.context import ScoringContext
from annotator.labels.errors import DefinitionError
from annotator.labels.form_checks import FormCheck
from annotator.labels.head_ct import Sign, score_head_ct
from annotator.labels.plain_json import joined
from annotator.labels.score import Score
from annotator.labels.scoring_checks import check_points, need_options, need_questions, questions_by_name
from annotator.labels.targets import AppliesTo
from annotator.labels.tirads import score_tirads

Definition = dict[str, Any]


def _nothing(_definition: Mapping[str, Any]) -> None:
    """There is nothing to check beside the settings' shape."""


def _none(_definition: Mapping[str, Any]) -> tuple[str, ...]:
    return ()


def _no_checks(_definition: Mapping[str, Any]) -> tuple[FormCheck, ...]:
    return ()


@dataclass(frozen=True)
class ScoringFunction:
    """One scoring by its name.

    Attributes
    ----------
    score : of a checked definition, answers to questions that are asked, and the context.
    settings : JSON Schema (properties) of the members of "scoring" beside "kind" and "name"; `needed` must be there.
    check : raises DefinitionError when the settings and the form don't go together.
    uses_context : whether the score follows from other answers or findings too: it is computed anew as they change.
    checks : of a definition, what the viewer can warn of at once.
    levels, categories : of a definition, what a reader may put in the place of the computed "level" or "category".
    """

    score: Callable[[Definition, dict[str, Any], ScoringContext], Score]
    title: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    check: Callable[[Mapping[str, Any]], None] = _nothing
    uses_context: bool = False
    levels: Callable[[Mapping[str, Any]], tuple[str, ...]] = _none
    categories: Callable[[Mapping[str, Any]], tuple[str, ...]] = _none
    checks: Callable[[Mapping[str, Any]], tuple[FormCheck, ...]] = _no_checks


_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}
_NAMES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _NAME}
_KEY = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"}
_KEYS = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _KEY}
_ORDER = {"type": "array", "uniqueItems": True, "items": {"type": "string"}}


def _score_points(definition: Definition, answers: dict[str, Any], context: ScoringContext) -> Score:
    """A category that is not asked gives no points and is not missing."""
    shown = set(shown_questions(definition["form"]["questions"], answers))
    scoring = definition["scoring"]
    asked = [category for category in scoring["categories"] if category in shown]
    if not asked:
        return Score()
    return score_tirads(
        {**definition, "scoring": {**scoring, "categories": asked}},
        answers,
        size_mm=context.size_mm,
        size_source=context.size_source,
    )


def _levels_of_points(definition: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row["level"] for row in definition["scoring"]["levels"])


def _check_birads(definition: Mapping[str, Any]) -> None:
    scoring, questions = definition["scoring"], questions_by_name(definition)
    need_questions(questions, scoring["sides"], ("choice",))
    need_options(questions, scoring["sides"], {*ASSESSMENTS, NOT_IMAGED})
    order = scoring.get("most_abnormal_first")
    if order is not None and set(order) != set(ASSESSMENTS):
        raise DefinitionError("the order must hold every category once", "scoring.most_abnormal_first")


def _check_head_ct(definition: Mapping[str, Any]) -> None:
    scoring, questions = definition["scoring"], questions_by_name(definition)
    signs = [scoring["haemorrhage"], *scoring["types"], *scoring.get("others", [])]
    need_questions(questions, [*signs, *([scoring["side"]] if "side" in scoring else [])], ("choice",))
    need_options(questions, signs, set(Sign))


def _score_head(definition: Definition, answers: dict[str, Any], context: ScoringContext) -> Score:
    source = definition["scoring"].get("from")
    others = context.others_of(source, kind=AppliesTo.SLICES) if source else ()
    return score_head_ct(definition, answers, slices=[one.answers for one in others])


def _categories(_definition: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(ASSESSMENTS)


NO_SCORING = ScoringFunction(score=lambda _definition, _answers, _context: Score(), title="No score")
POINTS = ScoringFunction(score=_score_points, title="Points and levels", check=check_points, levels=_levels_of_points)
FUNCTIONS: dict[str, ScoringFunction] = {
    "birads": ScoringFunction(
        score=lambda definition, answers, context: score_birads(
            definition, answers, finding_count=context.finding_count
        ),
        title="BI-RADS: both breasts in one form",
        settings={
            "sides": _NAMES,
            "most_abnormal_first": _ORDER,
            "asks_for_subdivision": {"type": "boolean"},
        },
        needed=("sides",),
        check=_check_birads,
        uses_context=True,
        categories=_categories,
    ),
    "birads_finding": ScoringFunction(
        score=score_finding,
        title="BI-RADS: one finding in words",
        settings={"size": _NAME},
        check=check_finding,
        checks=finding_checks,
        uses_context=True,
    ),
    "birads_breast": ScoringFunction(
        score=score_breast,
        title="BI-RADS: assessment of one breast",
        settings={"assessment": _NAME, "findings": _KEYS, "asks_for_subdivision": {"type": "boolean"}},
        needed=("assessment",),
        check=check_breast,
        checks=breast_checks,
        uses_context=True,
    ),
    "birads_examination": ScoringFunction(
        score=score_examination,
        title="BI-RADS: the most abnormal of the breasts",
        settings={
            "from": _KEY,
            "assessment": _NAME,
            "findings": _KEYS,
            "biopsy": _NAME,
            "group": _NAME,
            "most_abnormal_first": _ORDER,
        },
        needed=("from", "assessment"),
        check=check_examination,
        uses_context=True,
        categories=_categories,
    ),
    "head_ct": ScoringFunction(
        score=_score_head,
        title="Head CT: what follows for the scan",
        settings={"haemorrhage": _NAME, "types": _NAMES, "side": _NAME, "others": _NAMES, "from": _KEY},
        needed=("haemorrhage", "types"),
        check=_check_head_ct,
        uses_context=True,
    ),
    "head_ct_slices": ScoringFunction(
        score=lambda definition, answers, _context: score_head_ct(definition, answers, asks_for_types=False),
        title="Head CT: what follows for a range of slices",
        settings={"haemorrhage": _NAME, "types": _NAMES},
        needed=("haemorrhage", "types"),
        check=_check_head_ct,
    ),
}


def scoring_of(definition: Mapping[str, Any]) -> ScoringFunction:
    """Return the scoring that a definition names.

    Raises
    ------
    DefinitionError : there is no function of this name; path "scoring.name".
    """
    scoring = definition["scoring"]
    kind = scoring["kind"]
    if kind == "none":
        return NO_SCORING
    if kind in {"points", "tirads"}:
        return POINTS
    # "birads" and "head_ct" were kinds of their own before there was a register.
    name = scoring["name"] if kind == "function" else kind
    if name not in FUNCTIONS:
        raise DefinitionError(
            f"there is no scoring function {name!r}: there are {', '.join(sorted(FUNCTIONS))}", "scoring.name"
        )
    return FUNCTIONS[name]


def check_scoring(definition: Mapping[str, Any]) -> None:
    """Check that a scoring exists, has its settings, and goes together with the form.

    Raises
    ------
    DefinitionError : with the path of the fault.
    """
    scoring = definition["scoring"]
    function = scoring_of(definition)
    if scoring["kind"] not in {"none", "points", "tirads"}:
        shape = {
            "properties": {"kind": True, "name": True, **function.settings},
            "required": list(function.needed),
            "additionalProperties": False,
        }
        if fault := best_match(Draft202012Validator(shape).iter_errors(scoring)):
            raise DefinitionError(fault.message, joined(["scoring", *fault.absolute_path]))
    function.check(definition)

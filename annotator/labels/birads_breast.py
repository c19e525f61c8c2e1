"""BI-RADS of one breast: what its category means, and where it contradicts what was marked in it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.labels.birads import ASSESSMENTS, NOT_IMAGED, Assessment
from annotator.labels.context import OtherAnswer, ScoringContext
from annotator.labels.form import title_of_question
from annotator.labels.form_checks import FormCheck, checked
from annotator.labels.score import Score
from annotator.labels.targets import BREASTS, AppliesTo

SUSPICIOUS = frozenset({"4", "4A", "4B", "4C", "5"})
SIDE_OF_LATERALITY = {"left": "L", "right": "R"}


@dataclass(frozen=True)
class FindingsOfBreast:
    """How many findings lie in one breast for certain, and how many may."""

    certain: int
    possible: int


def score_breast(definition: Mapping[str, Any], answers: Mapping[str, Any], context: ScoringContext) -> Score:
    """Say what the category of one breast means, and what doesn't go with it.

    Parameters
    ----------
    definition : its scoring names the question ("assessment"), the schemas of findings ("findings") and whether the
        protocol wants 4A, 4B or 4C in place of 4 ("asks_for_subdivision").
    context : `target` says which breast it is, `findings` and `others` what was marked in the case.
    """
    scoring = definition["scoring"]
    question = scoring["assessment"]
    category = answers.get(question)
    if category is None:
        title = title_of_question(dict(definition), question)
        return Score(missing=(title,), missing_names=(question,), extra=_said(None))
    if category == NOT_IMAGED:
        return Score(explanation=("This breast was not imaged",), extra=_said(None))
    assessment = ASSESSMENTS[category]
    breast = context.target.breast if context.target else None
    found = findings_of_breast(breast, context, scoring.get("findings", ()))
    return Score(
        level=f"BI-RADS {category}",
        recommendation=assessment.management,
        explanation=(in_words(_name(breast), assessment),),
        warnings=tuple(checked(breast_checks(definition), {**answers, **breast_facts(breast, found)})),
        extra=_said(assessment),
    )


def breast_checks(definition: Mapping[str, Any]) -> tuple[FormCheck, ...]:
    """What contradicts a breast's category: conditions on its own answer and on the facts of breast_facts."""
    scoring = definition["scoring"]
    question = scoring["assessment"]
    told = (question,)
    category = f"Category {{{question}}}"
    checks = [
        FormCheck(
            {
                "all": [
                    {"question": question, "is": "1"},
                    {"question": "@certain", "answered": True},
                    {"not": {"question": "@certain", "is": 0}},
                ]
            },
            f"{category} is negative, yet {{@findings}} marked in the {{@breast}}",
            told,
        ),
        FormCheck(
            {"all": [{"question": question, "is_one_of": sorted(SUSPICIOUS)}, {"question": "@possible", "is": 0}]},
            f"{category} is suspicious, yet no finding is marked in the {{@breast}}",
            told,
        ),
    ]
    if scoring.get("asks_for_subdivision", False):
        words = "This protocol asks for 4A, 4B or 4C in place of 4"
        checks.append(FormCheck({"question": question, "is": "4"}, words, told))
    return tuple(checks)


def breast_facts(breast: str | None, found: FindingsOfBreast | None) -> dict[str, Any]:
    """What checks of a breast's form may ask beside its answers; the viewer's twin is panels/breast_facts.ts.

    Returns
    -------
    "@breast", in words; where the case's findings are known "@certain" and "@possible", how many lie in it for sure and
    how many may, and "@findings", the former in words.
    """
    facts: dict[str, Any] = {"@breast": _name(breast)}
    if found is not None:
        words = "a finding is" if found.certain == 1 else f"{found.certain} findings are"
        facts |= {"@certain": found.certain, "@possible": found.possible, "@findings": words}
    return facts


def findings_of_breast(
    breast: str | None, context: ScoringContext, schemas: Sequence[str] = ()
) -> FindingsOfBreast | None:
    """Count the findings of one breast: by the pictures that their marks lie on, else by the laterality answered.

    Returns
    -------
    None when nothing is known of the case's findings. A finding whose side is not known is possible, never certain.
    """
    if context.findings is None:
        if context.finding_count is None:
            return None
        return FindingsOfBreast(certain=0, possible=context.finding_count)
    answered = sides_by_laterality(context.others_of(*schemas, kind=AppliesTo.FINDING)) if schemas else {}
    sides = [one.side or answered.get(one.id, "") for one in context.findings]
    if breast is None:
        return FindingsOfBreast(certain=0, possible=len(sides))
    return FindingsOfBreast(
        certain=sum(side == breast for side in sides), possible=sum(side in {breast, ""} for side in sides)
    )


def sides_by_laterality(answers: Sequence[OtherAnswer]) -> dict[str, str]:
    """Finding -> "L" or "R" as its reader answered."""
    sides = {}
    for one in answers:
        side = SIDE_OF_LATERALITY.get(str(one.answers.get("laterality")))
        if side and one.target.finding:
            sides[one.target.finding] = side
    return sides


def in_words(of: str, assessment: Assessment) -> str:
    """A category with what it means, for an explanation."""
    likelihood = f", likelihood of malignancy {assessment.likelihood}" if assessment.likelihood else ""
    return f"{of[:1].upper()}{of[1:]}: {assessment.category}, {assessment.meaning}{likelihood}"


def _said(assessment: Assessment | None) -> dict[str, Any]:
    return {
        "category": assessment.category if assessment else None,
        "likelihood": assessment.likelihood if assessment else "",
        "management": assessment.management if assessment else "",
    }


def _name(breast: str | None) -> str:
    return BREASTS.get(breast or "", "breast")

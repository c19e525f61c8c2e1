"""BI-RADS of an examination: the most abnormal of its breasts, and the group of the data set that follows. Pure."""

from collections.abc import Mapping
from typing import Any

from annotator.labels.birads import ASSESSMENTS, MOST_ABNORMAL_FIRST, NOT_IMAGED, most_abnormal
from annotator.labels.birads_breast import in_words
from annotator.labels.birads_groups import Biopsy, group_of
from annotator.labels.context import OtherAnswer, ScoringContext
from annotator.labels.form import title_of_option, title_of_question
from annotator.labels.score import Score, ScoreWarning
from annotator.labels.targets import BREASTS, AppliesTo

# As one reads a report: the right breast first.
SIDES = ("R", "L")


def score_examination(definition: Mapping[str, Any], answers: Mapping[str, Any], context: ScoringContext) -> Score:
    """Derive the examination's category from the answers for its breasts.

    Parameters
    ----------
    definition : its scoring names the schema of breasts ("from") and its question ("assessment"), the order, and,
        where groups are asked for, the questions "biopsy" and "group" and the schemas of findings ("findings").
    """
    scoring = definition["scoring"]
    by_side = {
        one.target.breast: one
        for one in context.others_of(scoring["from"], kind=AppliesTo.BREAST)
        if one.target.breast in BREASTS
    }
    given = {side: _category(by_side[side], scoring["assessment"]) for side in SIDES if side in by_side}
    open_ = [side for side in SIDES if not given.get(side)]
    imaged = {side: category for side, category in given.items() if category and category != NOT_IMAGED}
    lines = [in_words(BREASTS[side], ASSESSMENTS[category]) for side, category in imaged.items()]
    category = None
    warnings: list[ScoreWarning] = []
    if not open_ and not imaged:
        warnings.append(ScoreWarning("No breast was imaged: there is nothing to assess"))
    elif not open_:
        category = most_abnormal(imaged.values(), order=scoring.get("most_abnormal_first", MOST_ABNORMAL_FIRST))
        if len(imaged) > 1:
            lines.append(in_words("Examination, the most abnormal", ASSESSMENTS[category]))
    derived, remarks = _group(definition, answers, context, category)
    assessment = ASSESSMENTS[category] if category else None
    return Score(
        level=f"BI-RADS {category}" if category else None,
        recommendation=assessment.management if assessment else "",
        explanation=tuple(lines),
        missing=tuple(f"Assessment of the {BREASTS[side]}" for side in open_),
        missing_names=tuple(f"breast:{side}" for side in open_),
        warnings=(*warnings, *remarks),
        derived=derived,
        extra={
            "category": category,
            "likelihood": assessment.likelihood if assessment else "",
            "management": assessment.management if assessment else "",
        },
    )


def _category(answer: OtherAnswer, question: str) -> str | None:
    chosen = answer.answers.get(question)
    return str(chosen) if chosen in {*ASSESSMENTS, NOT_IMAGED} else None


def _group(
    definition: Mapping[str, Any], answers: Mapping[str, Any], context: ScoringContext, category: str | None
) -> tuple[dict[str, Any], list[ScoreWarning]]:
    """The group of the data set: derived where it was left open, remarked on where it was answered otherwise."""
    scoring = definition["scoring"]
    if "group" not in scoring:
        return {}, []
    types = _finding_types(scoring, context)
    biopsy = answers.get(scoring.get("biopsy", ""))
    found = group_of(category, types, Biopsy(biopsy) if biopsy else None)
    question, said = scoring["group"], answers.get(scoring["group"])
    if found.group is None:
        return {}, []
    if said is None:
        return {question: {"value": found.group.value, "because": f"Follows from {found.because}"}}, []
    if said == found.group.value:
        return {}, []
    plain = dict(definition)
    title, chosen = title_of_question(plain, question), title_of_option(plain, question, said)
    follows = title_of_option(plain, question, found.group.value)
    return {}, [
        ScoreWarning(f'{title}: "{chosen}" is answered, yet "{follows}" follows from {found.because}', (question,))
    ]


def _finding_types(scoring: Mapping[str, Any], context: ScoringContext) -> frozenset[str]:
    """What each finding is: as it was described, else as it was named when it was marked."""
    types = {one.id: _TYPE_OF_KIND.get(one.kind, "other") for one in context.findings or ()}
    for one in context.others_of(*scoring["findings"], kind=AppliesTo.FINDING):
        if one.target.finding and "finding_type" in one.answers:
            types[one.target.finding] = str(one.answers["finding_type"])
    return frozenset(types.values())


_TYPE_OF_KIND = {"mass": "mass", "distortion": "architectural_distortion", "calcifications": "calcifications"}

"""Whether a definition's form holds what the scorings of BI-RADS read. Pure."""

from collections.abc import Mapping
from typing import Any

from annotator.labels.birads import ASSESSMENTS, NOT_IMAGED
from annotator.labels.birads_breast import SIDE_OF_LATERALITY
from annotator.labels.birads_groups import Biopsy, Group
from annotator.labels.errors import DefinitionError
from annotator.labels.scoring_checks import need_options, need_questions, questions_by_name
from annotator.labels.targets import AppliesTo


def check_finding(definition: Mapping[str, Any]) -> None:
    """Check a form that describes one finding.

    Raises
    ------
    DefinitionError : with the path of the fault.
    """
    _need_target(definition, AppliesTo.FINDING)
    questions = questions_by_name(definition)
    if "size" in definition["scoring"]:
        need_questions(questions, [definition["scoring"]["size"]], ("number",))
    for name in {"laterality", "quadrant", "depth"} & set(questions):
        need_questions(questions, [name], ("choice",))
    for name in {"clock_face", "distance_from_nipple_mm"} & set(questions):
        need_questions(questions, [name], ("number",))
    if "laterality" in questions:
        need_options(questions, ["laterality"], SIDE_OF_LATERALITY)


def check_breast(definition: Mapping[str, Any]) -> None:
    """Check a form that assesses one breast.

    Raises
    ------
    DefinitionError : with the path of the fault.
    """
    _need_target(definition, AppliesTo.BREAST)
    questions = questions_by_name(definition)
    need_questions(questions, [definition["scoring"]["assessment"]], ("choice",))
    need_options(questions, [definition["scoring"]["assessment"]], {*ASSESSMENTS, NOT_IMAGED})


def check_examination(definition: Mapping[str, Any]) -> None:
    """Check a form of an examination whose category follows from its breasts.

    Raises
    ------
    DefinitionError : with the path of the fault.
    """
    _need_target(definition, AppliesTo.CASE)
    scoring, questions = definition["scoring"], questions_by_name(definition)
    order = scoring.get("most_abnormal_first")
    if order is not None and (set(order) != set(ASSESSMENTS) or len(order) != len(ASSESSMENTS)):
        raise DefinitionError("the order must hold every category once", "scoring.most_abnormal_first")
    if "group" in scoring and not {"biopsy", "findings"} <= set(scoring):
        raise DefinitionError("a group follows from biopsy and findings: name both", "scoring.group")
    for name, known in (("group", Group), ("biopsy", Biopsy)):
        if name in scoring:
            need_questions(questions, [scoring[name]], ("choice",))
            need_options(questions, [scoring[name]], set(known))


def _need_target(definition: Mapping[str, Any], kind: AppliesTo) -> None:
    if definition["applies_to"] != kind:
        raise DefinitionError(f"this scoring is of a schema that applies to {kind}", "applies_to")

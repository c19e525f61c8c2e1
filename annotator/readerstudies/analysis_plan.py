"""What a study asks of its reads, written down before anybody looks: question, positive answers, rules. Pure."""

from collections.abc import Hashable
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from annotator.accounts.errors import InvalidError
from annotator.statistics.lesion_matching import SAME_LESION

# Beside "schema.question": whether a reader marked anything, and what a schema's scoring came to.
ANY_FINDING = "findings.any"
SCORED = ("@category", "@level")
MASKS = ("majority", "staple")
TRUTHS = ("table", "consensus", "adjudication")


@dataclass(frozen=True)
class DisagreementRules:
    """What makes readers disagree about a case.

    Attributes
    ----------
    labels : whether different answers do; which of the questions, "schema.question": empty for all.
    dice_below : matched lesions that overlap by less; None: never.
    missed_lesion : a lesion that somebody didn't mark.
    """

    labels: bool = True
    questions: tuple[str, ...] = ()
    dice_below: float | None = 0.5
    missed_lesion: bool = True


@dataclass(frozen=True)
class AnalysisPlan:
    """What is counted and how.

    Attributes
    ----------
    question : "schema.question", "schema.@category", "schema.@level" or "findings.any"; "" where none was chosen.
    positive : the answers that count as positive.
    ordered : whether the answers stand in an order, as the form lists them.
    rating : the question whose answers are ratings for ROC programs; "": whether the main one is positive, 0 or 1.
    truth : where it comes from: the study's table (pathology among it), the readers' consensus, or adjudication, and
        the consensus where nothing had to be adjudicated.
    masks : how outlines are joined.
    minimum_overlap : Dice's coefficient from which two lesions are the same.
    """

    question: str = ""
    positive: tuple[Hashable, ...] = ()
    ordered: bool = False
    rating: str = ""
    truth: Literal["table", "consensus", "adjudication"] = "table"
    masks: Literal["majority", "staple"] = "majority"
    minimum_overlap: float = SAME_LESION
    disagreement: DisagreementRules = DisagreementRules()

    def to_json(self) -> dict[str, Any]:
        made = asdict(self)
        made["positive"] = list(self.positive)
        made["disagreement"]["questions"] = list(self.disagreement.questions)
        return made

    @classmethod
    def from_json(cls, data: Any, *, path: str = "analysis") -> "AnalysisPlan":
        """Read a plan; members that are left out have their defaults.

        Raises
        ------
        InvalidError : what can't be right, with the path to it.
        """
        given = _members(data, cls, path)
        rules = _members(given.pop("disagreement", {}), DisagreementRules, f"{path}.disagreement")
        if "questions" in rules:
            rules["questions"] = _references(rules["questions"], f"{path}.disagreement.questions")
        dice = rules.get("dice_below")
        _check(dice is None or _is_part(dice), f"{path}.disagreement.dice_below", "is above 0 and at most 1, or null")
        for name in ("labels", "missed_lesion"):
            _check(isinstance(rules.get(name, True), bool), f"{path}.disagreement.{name}", "is true or false")
        if "positive" in given:
            listed = given["positive"]
            plain = isinstance(listed, list) and all(isinstance(one, str | int | float | bool) for one in listed)
            _check(plain, f"{path}.positive", "is a list of answers")
            given["positive"] = tuple(listed)
        for name in ("question", "rating"):
            if given.get(name):
                given[name] = _references([given[name]], f"{path}.{name}")[0]
        _check(isinstance(given.get("ordered", False), bool), f"{path}.ordered", "is true or false")
        _check(given.get("truth", "table") in TRUTHS, f"{path}.truth", f"is one of {', '.join(TRUTHS)}")
        _check(given.get("masks", "majority") in MASKS, f"{path}.masks", f"is one of {', '.join(MASKS)}")
        overlap = given.get("minimum_overlap", SAME_LESION)
        _check(_is_part(overlap), f"{path}.minimum_overlap", "is above 0 and at most 1")
        return cls(**given, disagreement=DisagreementRules(**rules))


def _members(data: Any, kind: type, path: str) -> dict[str, Any]:
    _check(isinstance(data, dict), path, "is an object")
    known = {field.name for field in fields(kind)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise InvalidError(f"{path}.{unknown[0]} is not known; there are {', '.join(sorted(known))}.", path)
    return dict(data)


def _references(listed: Any, path: str) -> tuple[str, ...]:
    is_list = isinstance(listed, list) and all(isinstance(one, str) and one.count(".") == 1 for one in listed)
    _check(is_list, path, 'names questions as "schema.question"')
    return tuple(listed)


def _is_part(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1


def _check(holds: bool, path: str, words: str) -> None:
    if not holds:
        raise InvalidError(f"{path} {words}.", path)

"""Which studies make a cohort: a saved question, its exclusions in order with their reasons, its groups. Pure."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Self

from annotator.accounts.errors import InvalidError
from annotator.datasets.json_reading import LONGEST_TEXT, Members

READINGS = ("", "submitted", "approved")
MEMBERS = ("answers", "score", "derived", "known")
STACK_KINDS = ("volume", "cine", "still")
MOST_READERS = 100


@dataclass(frozen=True)
class AnswerCondition:
    """What somebody must have answered; exactly one of the tests is given.

    Attributes
    ----------
    schema : its key; any version of it.
    question : of the form; with member "score" a member of the computed score, e.g. "level". With "derived" what the
        scoring derives for the question, with "known" what was answered and else what is derived.
    is_one_of : values, any of which it may be; includes : a value among several chosen; at_least, at_most : numbers;
        answered : whether it was answered at all.
    """

    schema: str
    question: str
    member: str = "answers"
    is_one_of: tuple[Any, ...] = ()
    includes: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    answered: bool | None = None

    @classmethod
    def read(cls, members: Members) -> Self:
        values = members.plain("is_one_of")
        if values is not None and (
            not isinstance(values, list | tuple)
            or not values
            or not all(isinstance(value, str | bool | int | float) for value in values)
        ):
            raise InvalidError("This is a list of values, at least one.", members.path("is_one_of"))
        made = cls(
            schema=members.text("schema"),
            question=members.text("question"),
            member=members.choice("member", MEMBERS, "answers"),
            is_one_of=tuple(values or ()),
            includes=members.text("includes") if members.given("includes") else None,
            at_least=members.number("at_least", None, low=-1e12, high=1e12),
            at_most=members.number("at_most", None, low=-1e12, high=1e12),
            answered=members.yes("answered", None),
        )
        members.done()
        for name in ("schema", "question"):
            if not getattr(made, name):
                raise InvalidError("Say which schema and which question.", members.path(name))
        tests = [
            bool(made.is_one_of),
            made.includes is not None,
            made.at_least is not None or made.at_most is not None,
            made.answered is not None,
        ]
        if sum(tests) != 1:
            raise InvalidError(
                "Give one of: is_one_of, includes, at_least and at_most, answered.", members.path("question")
            )
        return made


@dataclass(frozen=True)
class Criteria:
    """What must hold of a study; every member that is empty asks nothing.

    Attributes
    ----------
    words, modality, body_part, since, until : as the catalogue's filter has them.
    tags : all of them; collections : numbers, any of them.
    manufacturer, manufacturer_model, site : of one of its series, the whole of it, without regard to case.
    views : all of them, e.g. ("LCC", "LMLO", "RCC", "RMLO").
    readers : user names, any of whom must have read it; reading : "submitted", or "approved" in review.
    minimum_readers : how many must have.
    marked : whether there is any mark; mark_kinds, finding_kinds : any of them.
    answers : all of them, each by any of the readers.
    minimum_dice, minimum_equal : how far every pair of its readers must agree: mean overlap of matched findings, share
        of equal answers; a study that fewer than two read does not meet it.
    studies : Study Instance UIDs, patients : pseudonyms; any of them.
    """

    words: str = ""
    modality: str = ""
    body_part: str = ""
    since: date | None = None
    until: date | None = None
    tags: tuple[str, ...] = ()
    collections: tuple[int, ...] = ()
    manufacturer: str = ""
    manufacturer_model: str = ""
    site: str = ""
    views: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    reading: str = ""
    minimum_readers: int = 0
    marked: bool | None = None
    mark_kinds: tuple[str, ...] = ()
    finding_kinds: tuple[str, ...] = ()
    answers: tuple[AnswerCondition, ...] = ()
    minimum_dice: float | None = None
    minimum_equal: float | None = None
    studies: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        return self != Criteria()

    @property
    def asks_for_agreement(self) -> bool:
        return self.minimum_dice is not None or self.minimum_equal is not None

    @classmethod
    def read(cls, members: Members) -> Self:
        made = cls(
            words=members.text("words"),
            modality=members.text("modality", longest=16),
            body_part=members.text("body_part", longest=16),
            since=members.day("since"),
            until=members.day("until"),
            tags=members.texts("tags"),
            collections=members.wholes("collections"),
            manufacturer=members.text("manufacturer", longest=64),
            manufacturer_model=members.text("manufacturer_model", longest=64),
            site=members.text("site", longest=64),
            views=members.texts("views"),
            readers=members.texts("readers"),
            reading=members.choice("reading", READINGS, ""),
            minimum_readers=members.whole("minimum_readers", 0, low=0, high=MOST_READERS),
            marked=members.yes("marked", None),
            mark_kinds=members.texts("mark_kinds"),
            finding_kinds=members.texts("finding_kinds"),
            answers=members.each("answers", AnswerCondition.read),
            minimum_dice=members.number("minimum_dice", None, low=0, high=1),
            minimum_equal=members.number("minimum_equal", None, low=0, high=1),
            studies=members.texts("studies"),
            patients=members.texts("patients"),
        )
        members.done()
        if made.since and made.until and made.since > made.until:
            raise InvalidError("The first day comes after the last.", members.path("since"))
        return made


@dataclass(frozen=True)
class Exclusion:
    """Studies that are taken out, and why; the reason stands in the flow chart."""

    reason: str
    criteria: Criteria

    @classmethod
    def read(cls, members: Members) -> Self:
        made = cls(members.text("reason"), members.part("criteria", Criteria.read))
        members.done()
        if not made.reason:
            raise InvalidError("An exclusion needs its reason in words.", members.path("reason"))
        if not made.criteria.asks:
            raise InvalidError("Say what is excluded: this would take everything out.", members.path("criteria"))
        return made


@dataclass(frozen=True)
class Group:
    """A part of the cohort by name ("normal", "cancer"): a study belongs to the first group whose criteria it meets."""

    name: str
    criteria: Criteria

    @classmethod
    def read(cls, members: Members) -> Self:
        made = cls(members.text("name", longest=40), members.part("criteria", Criteria.read))
        members.done()
        if not made.name:
            raise InvalidError("A group needs a name.", members.path("name"))
        return made


@dataclass(frozen=True)
class Pictures:
    """Which stacks of a chosen study are taken; empty: all of them."""

    modalities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    views: tuple[str, ...] = ()

    @classmethod
    def read(cls, members: Members) -> Self:
        made = cls(members.texts("modalities"), members.texts("kinds"), members.texts("views"))
        members.done()
        for at, kind in enumerate(made.kinds):
            if kind not in STACK_KINDS:
                raise InvalidError(f"A stack is one of: {', '.join(STACK_KINDS)}.", f"{members.path('kinds')}[{at}]")
        return made


@dataclass(frozen=True)
class CohortQuery:
    """The whole question.

    Attributes
    ----------
    groups : with any, a study that is in none is taken out.
    """

    criteria: Criteria = field(default_factory=Criteria)
    exclusions: tuple[Exclusion, ...] = ()
    groups: tuple[Group, ...] = ()
    pictures: Pictures = field(default_factory=Pictures)

    def to_json(self) -> dict[str, Any]:
        """What is asked, without what isn't."""
        return _without_empty(asdict(self))

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read and check a query.

        Raises
        ------
        InvalidError : with the path of the fault, e.g. "exclusions[1].criteria.since".
        """
        members = Members(data)
        made = cls(
            criteria=members.part("criteria", Criteria.read),
            exclusions=members.each("exclusions", Exclusion.read),
            groups=members.each("groups", Group.read),
            pictures=members.part("pictures", Pictures.read),
        )
        members.done()
        names = [group.name.casefold() for group in made.groups]
        if len(set(names)) != len(names):
            raise InvalidError("Two groups have one name.", "groups")
        return made


@dataclass(frozen=True)
class CohortWords:
    """What a data manager writes for the datasheet; what is left empty the datasheet calls unknown."""

    purpose: str = ""
    funding: str = ""
    collection: str = ""
    consent: str = ""
    ethics: str = ""
    recommended_uses: str = ""
    not_to_be_used_for: str = ""
    distribution: str = ""
    licence: str = ""
    maintenance: str = ""
    contact: str = ""

    def to_json(self) -> dict[str, str]:
        return {name: text for name, text in asdict(self).items() if text}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        members = Members(data)
        made = cls(**{name: members.text(name, longest=LONGEST_TEXT) for name in cls.__dataclass_fields__})
        members.done()
        return made


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _without_empty(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [_without_empty(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value

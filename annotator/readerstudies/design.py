"""A reader study's protocol as data: what is asked, who reads how, and what readers are shown. Pure."""

from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

from jsonschema import Draft202012Validator

from annotator.accounts.errors import InvalidError
from annotator.readerstudies.analysis_plan import AnalysisPlan

MOST_ARMS = 6
MOST_WASHOUT_DAYS = 365
LARGEST_SEED = 2**31 - 1


class ArmKind(StrEnum):
    """How a model takes part. Source: thesis, section 6.1: second read, concurrent read and triage; and without one."""

    UNAIDED = "unaided"
    CONCURRENT = "concurrent"
    SECOND_READ = "second read"
    TRIAGE = "triage"


class DesignKind(StrEnum):
    """Who reads which case.

    FULLY_CROSSED : every reader every case. SPLIT_PLOT : readers and cases fall into groups, each crossed in itself.
    BALANCED : so many readers a case, each reader as many cases as any other (one more or less).
    ANCHOR : the anchors read every case, and so many of the others each case, in turn.

    Source of the first two: Obuchowski N A, Gallas B D, Hillis S L. Multi-reader ROC studies with split-plot designs.
    Acad Radiol 2012;19:1508.
    """

    FULLY_CROSSED = "fully crossed"
    SPLIT_PLOT = "split-plot"
    BALANCED = "readers a case"
    ANCHOR = "anchor and rotating"


class ArmOrder(StrEnum):
    """CROSSOVER : readers and cases by turns begin with another arm, as in a Latin square. AS_LISTED : all alike."""

    CROSSOVER = "crossover"
    AS_LISTED = "as listed"


class ResultsFor(StrEnum):
    """When admins may look at results."""

    ANY_TIME = "any time"
    CLOSED = "when closed"


@dataclass(frozen=True)
class Arm:
    """One way of reading.

    Attributes
    ----------
    name : in results; readers are never told.
    model : "name version" of the models whose suggestions and scores count, with commas between; the launch writes in
        those that answer then where none is named.
    shows_marks : of a triage arm: whether its readers see the suggestions too.
    """

    name: str
    kind: ArmKind
    model: str = ""
    shows_marks: bool = False

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions that are named, "name version" each."""
        return tuple(" ".join(one.split()) for one in self.model.split(",") if one.strip())

    @property
    def uses_models(self) -> bool:
        """Whether anything of a model decides what readers see, or when."""
        return self.kind != ArmKind.UNAIDED

    @property
    def suggestions(self) -> str:
        """When readers see suggestions: "never", "always", or "after" the unaided answer."""
        if self.kind == ArmKind.SECOND_READ:
            return "after"
        aided = self.kind == ArmKind.CONCURRENT or (self.kind == ArmKind.TRIAGE and self.shows_marks)
        return "always" if aided else "never"


@dataclass(frozen=True)
class Design:
    """Who reads which case; `readers_per_case` counts the rotating ones beside anchors."""

    kind: DesignKind = DesignKind.FULLY_CROSSED
    readers_per_case: int = 1
    groups: int = 2


@dataclass(frozen=True)
class SampleSizeAim:
    """What the sample-size panel was asked, kept with the protocol; a prevalence in percent, as it is spoken of."""

    sensitivity: float = 0.7
    half_width: float = 0.1
    prevalence_percent: float = 50.0
    kappa: float = 0.6
    kappa_half_width: float = 0.15

    @property
    def prevalence(self) -> float:
        """As a share."""
        return self.prevalence_percent / 100


@dataclass(frozen=True)
class Protocol:
    """What a study does. Readers and cases are rows of their own.

    Attributes
    ----------
    instructions : the only words of these that readers are shown.
    washout_days : between a reader's last reading of one session and the first of the next.
    schemas : key@version of what is asked, and nothing else is; the versions stay, whatever supersedes them.
    must_answer : of the schemas about breasts and about slices those that a reading isn't complete without: each breast
        that is shown, and one range of slices at least. Others about them may be left out.
    mark_kinds : that may be drawn; None: all.
    hanging : key of the hanging that cases open in; empty: what fits best.
    separate_batches : keep neighbours in the order of different batches where that can be; neighbours are of different
        patients wherever that can be, in any case.
    pilot_cases : how many main cases a pilot reads.
    remind_every_days : who has read nothing for so many days and has cases open is reminded by e-mail; 0: never.
    """

    question: str = ""
    hypothesis: str = ""
    instructions: str = ""
    design: Design = Design()
    arms: tuple[Arm, ...] = (Arm("unaided", ArmKind.UNAIDED),)
    arm_order: ArmOrder = ArmOrder.CROSSOVER
    washout_days: int = 28
    schemas: tuple[str, ...] = ()
    must_answer: tuple[str, ...] = ()
    mark_kinds: tuple[str, ...] | None = None
    hanging: str = ""
    shows_priors: bool = False
    separate_batches: bool = True
    training_feedback: bool = True
    pilot_cases: int = 3
    due_date: date | None = None
    remind_every_days: int = 0
    seed: int = 1
    results: ResultsFor = ResultsFor.CLOSED
    aim: SampleSizeAim = SampleSizeAim()
    analysis: AnalysisPlan = field(default_factory=AnalysisPlan)

    @property
    def sessions(self) -> int:
        """Every case is read once under each arm, in a session of its own."""
        return len(self.arms)

    def arm(self, name: str) -> Arm:
        """The arm of that name; KeyError where there is none."""
        return {one.name: one for one in self.arms}[name]

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read what a form or a program sent; members that are missing are as a new protocol has them.

        Raises
        ------
        InvalidError : with the path of the first fault.
        """
        _check_shape(data)
        members: dict[str, Any] = dict(data)  # type: ignore[call-overload]
        made = cls(
            **{
                **members,
                "design": Design(**{**members.get("design", {}), **_kind(members.get("design", {}))}),
                "arms": tuple(Arm(**{**arm, "kind": ArmKind(arm["kind"])}) for arm in members["arms"])
                if "arms" in members
                else cls.arms,
                "arm_order": ArmOrder(members.get("arm_order", cls.arm_order)),
                "schemas": tuple(members.get("schemas", ())),
                "must_answer": tuple(members.get("must_answer", ())),
                "mark_kinds": None if members.get("mark_kinds") is None else tuple(members["mark_kinds"]),
                "due_date": _date(members.get("due_date")),
                "results": ResultsFor(members.get("results", cls.results)),
                "aim": SampleSizeAim(**members.get("aim", {})),
                "analysis": AnalysisPlan.from_json(members.get("analysis", {})),
            }
        )
        made._check_meaning()
        return made

    def to_json(self) -> dict[str, Any]:
        """As `from_json` reads it."""
        plain = asdict(self)
        plain["due_date"] = self.due_date.isoformat() if self.due_date else None
        plain["analysis"] = self.analysis.to_json()
        plain["arms"] = [asdict(arm) for arm in self.arms]
        for name in ("schemas", "must_answer", "mark_kinds"):
            plain[name] = None if plain[name] is None else list(plain[name])
        return plain

    def _check_meaning(self) -> None:
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names):
            raise InvalidError("Two arms have one name.", "arms")
        keys = [one.partition("@")[0] for one in self.schemas]
        if len(set(keys)) != len(keys):
            raise InvalidError("A label schema is asked in two versions.", "schemas")
        for at, one in enumerate(self.must_answer):
            if one not in self.schemas:
                raise InvalidError(f"{one} isn't asked, so that it can't be demanded.", f"must_answer[{at}]")


def _kind(design: dict[str, Any]) -> dict[str, DesignKind]:
    return {"kind": DesignKind(design.get("kind", DesignKind.FULLY_CROSSED))}


def _date(value: str | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as bad:
        raise InvalidError("A date is written YYYY-MM-DD.", "due_date") from bad


def _text(longest: int, **more: Any) -> dict[str, Any]:
    # What no database keeps in text: control characters but line breaks and tabs.
    return {
        "type": "string",
        "maxLength": longest,
        "pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]*$",
        **more,
    }


def _number(low: float, high: float) -> dict[str, Any]:
    return {"type": "number", "minimum": low, "maximum": high}


def _whole(low: int, high: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high}


def _object(required: tuple[str, ...] = (), **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _one_of(kinds: type[StrEnum]) -> dict[str, Any]:
    return {"enum": [str(kind.value) for kind in kinds]}


PROTOCOL_SCHEMA = _object(
    question=_text(2000),
    hypothesis=_text(2000),
    instructions=_text(4000),
    design=_object(kind=_one_of(DesignKind), readers_per_case=_whole(1, 100), groups=_whole(2, 50)),
    arms={
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_ARMS,
        "items": _object(
            ("name", "kind"),
            name=_text(32, minLength=1),
            kind=_one_of(ArmKind),
            model=_text(400),
            shows_marks={"type": "boolean"},
        ),
    },
    arm_order=_one_of(ArmOrder),
    washout_days=_whole(0, MOST_WASHOUT_DAYS),
    schemas={"type": "array", "maxItems": 20, "items": _text(80)},
    must_answer={"type": "array", "maxItems": 20, "items": _text(80)},
    mark_kinds={"anyOf": [{"type": "null"}, {"type": "array", "maxItems": 30, "items": _text(16)}]},
    hanging=_text(64),
    shows_priors={"type": "boolean"},
    separate_batches={"type": "boolean"},
    training_feedback={"type": "boolean"},
    pilot_cases=_whole(1, 100),
    due_date={"anyOf": [{"type": "null"}, _text(10)]},
    remind_every_days=_whole(0, 90),
    seed=_whole(0, LARGEST_SEED),
    results=_one_of(ResultsFor),
    # What it may hold is the plan's own business.
    analysis={"type": "object"},
    aim=_object(
        sensitivity=_number(0.01, 0.99),
        half_width=_number(0.005, 0.49),
        prevalence_percent=_number(0.01, 100),
        kappa=_number(0, 0.99),
        kappa_half_width=_number(0.005, 0.9),
    ),
)
_VALIDATOR = Draft202012Validator(PROTOCOL_SCHEMA)


def _check_shape(data: object) -> None:
    faults = sorted(_VALIDATOR.iter_errors(data), key=lambda fault: [str(part) for part in fault.absolute_path])
    if faults:
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in faults[0].absolute_path)
        raise InvalidError(f"{faults[0].message[:300]}.", path.removeprefix("."))

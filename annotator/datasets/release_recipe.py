"""What is chosen when a release is frozen, beside the cohort's question: truth, split, leak check. Pure."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from annotator.accounts.errors import InvalidError
from annotator.datasets.json_reading import Members
from annotator.labels.uncertain import UncertainPolicy

WHOSE = ("all", "reader", "consensus", "adjudicated")
MAX_SEED = 2**31 - 1
SIDES = ("train", "val", "test")
MOST_FOLDS = 20


@dataclass(frozen=True)
class Truth:
    """Which marks and answers count.

    Attributes
    ----------
    uncertain : what an uncertain answer counts as in targets; there is no default: it must be chosen.
    whose : "all", every reader's with the reader as a column; "reader", one reader's; "consensus" of several;
        "adjudicated", the reading that was approved in review last, or the adjudicator's own where one is named.
    reader : user name, of "reader" the reader, of "adjudicated" the adjudicator.
    minimum_readers : of consensus: how many must have marked or answered alike; a case that fewer read is left out.
    minimum_overlap : of consensus: IoU from which marks of two readers are one.
    submitted_only : readings that are not submitted don't count (always so for consensus and adjudicated).
    accepted_suggestions : whether marks that a model proposed and a reader accepted count.
    schemas : keys of the label schemas whose answers go along; empty: all.
    unread : whether studies without a reading that counts stay in, as pictures without truth.
    """

    uncertain: UncertainPolicy
    whose: str = "all"
    reader: str = ""
    minimum_readers: int = 2
    minimum_overlap: float = 0.5
    submitted_only: bool = True
    accepted_suggestions: bool = True
    schemas: tuple[str, ...] = ()
    unread: bool = False

    @classmethod
    def read(cls, members: Members) -> Self:
        if not members.text("uncertain"):
            policies = ", ".join(UncertainPolicy)
            raise InvalidError(
                f"Choose what uncertain answers count as: {policies}. Nothing is chosen for you.",
                members.path("uncertain"),
            )
        made = cls(
            uncertain=UncertainPolicy(members.choice("uncertain", list(UncertainPolicy), "")),
            whose=members.choice("whose", WHOSE, "all"),
            reader=members.text("reader"),
            minimum_readers=members.whole("minimum_readers", 2, low=1, high=100),
            minimum_overlap=members.number("minimum_overlap", 0.5, low=0.01, high=1),
            submitted_only=members.yes("submitted_only", True),
            accepted_suggestions=members.yes("accepted_suggestions", True),
            schemas=members.texts("schemas"),
            unread=members.yes("unread", False),
        )
        members.done()
        if made.whose == "reader" and not made.reader:
            raise InvalidError("Say which reader's marks count.", members.path("reader"))
        if made.reader and made.whose not in ("reader", "adjudicated"):
            raise InvalidError(f"With {made.whose!r} no reader is named.", members.path("reader"))
        if not made.submitted_only and made.whose in ("consensus", "adjudicated"):
            raise InvalidError(f"A {made.whose} truth is of submitted readings.", members.path("submitted_only"))
        return made


@dataclass(frozen=True)
class SplitPlan:
    """How patients are divided.

    Attributes
    ----------
    fractions : of patients, in the order train, val, test; they sum to 1. Not used with folds.
    folds : 0, or how many folds of equal size.
    stratify_by : what is held even among the sides: "group" (of the cohort), "category" (of marks), "site",
        "scanner", "answer:<schema key>.<question>".
    """

    fractions: tuple[float, ...] = (0.7, 0.15, 0.15)
    folds: int = 0
    seed: int = 1
    stratify_by: tuple[str, ...] = ("group", "category", "site")

    @property
    def sides(self) -> tuple[str, ...]:
        return tuple(f"fold-{at}" for at in range(1, self.folds + 1)) if self.folds else SIDES

    @property
    def parts(self) -> tuple[float, ...]:
        """The fraction of each side."""
        return (1 / self.folds,) * self.folds if self.folds else self.fractions

    @property
    def scheme(self) -> str:
        """Under which name patients keep their side."""
        return f"folds-{self.folds}" if self.folds else "sides"

    @classmethod
    def read(cls, members: Members) -> Self:
        fractions = members.numbers("fractions", low=0, high=1) or (0.7, 0.15, 0.15)
        made = cls(
            fractions=fractions,
            folds=members.whole("folds", 0, low=0, high=MOST_FOLDS),
            seed=members.whole("seed", 1, low=0, high=MAX_SEED),
            stratify_by=members.texts("stratify_by") if members.given("stratify_by") else cls.stratify_by,
        )
        members.done()
        if len(fractions) != len(SIDES) or abs(sum(fractions) - 1) > 1e-6:
            raise InvalidError("Give three fractions with the sum 1: train, val and test.", members.path("fractions"))
        if made.folds == 1:
            raise InvalidError("One fold is no split. Give 2 to 20, or none.", members.path("folds"))
        for at, what in enumerate(made.stratify_by):
            schema, _, question = what.removeprefix("answer:").partition(".")
            answer = what.startswith("answer:") and schema and question
            if what not in ("group", "category", "site", "scanner") and not answer:
                raise InvalidError(
                    f"Nothing is called {what!r}. Use group, category, site, scanner or answer:<schema>.<question>.",
                    f"{members.path('stratify_by')}[{at}]",
                )
        return made


@dataclass(frozen=True)
class LeakCheck:
    """How pictures on two sides are held against each other.

    Attributes
    ----------
    near_duplicates : whether pictures are compared at all; patients and studies always are.
    bits : of 64 that may differ between the looks of two pictures for them to be compared further.
    likeness : correlation of their thumbnails from which two pictures are one; likeness_of_volumes : the same of two
        slices of volumes, whose neighbours in one body look alike already.

    The defaults are measured: of 1,311 breast ultrasounds (BUS-BRA) no two patients' pictures are taken for one, while
    97 to 100 % of copies are found that were halved, compressed, windowed, shifted by 4 pixels or marked with calipers,
    76 % that were cropped by 2 %, none by 5 %. Slices of a chest CT 5 mm apart correlate by 0.996 (median).
    """

    near_duplicates: bool = True
    bits: int = 8
    likeness: float = 0.97
    likeness_of_volumes: float = 0.9995

    @classmethod
    def read(cls, members: Members) -> Self:
        made = cls(
            near_duplicates=members.yes("near_duplicates", True),
            bits=members.whole("bits", 8, low=0, high=12),
            likeness=members.number("likeness", 0.97, low=0.5, high=1),
            likeness_of_volumes=members.number("likeness_of_volumes", 0.9995, low=0.5, high=1),
        )
        members.done()
        return made


@dataclass(frozen=True)
class ReleaseRecipe:
    """All of it."""

    truth: Truth
    split: SplitPlan = field(default_factory=SplitPlan)
    leaks: LeakCheck = field(default_factory=LeakCheck)

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["truth"] |= {"uncertain": str(self.truth.uncertain), "schemas": list(self.truth.schemas)}
        data["split"] |= {name: list(data["split"][name]) for name in ("fractions", "stratify_by")}
        return data

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read and check a recipe.

        Raises
        ------
        InvalidError : with the path of the fault, e.g. "truth.uncertain".
        """
        members = Members(data)
        made = cls(
            truth=members.part("truth", Truth.read),
            split=members.part("split", SplitPlan.read),
            leaks=members.part("leaks", LeakCheck.read),
        )
        members.done()
        return made

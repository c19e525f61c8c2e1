"""Nodules of a release with their features and their diagnosis, by side of the split. Pure.

A diagnosis is an answer: of the finding itself or of its case, in any schema of the release. Or it comes from an
imported table, by finding, else by study, else by patient.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from annotator.accounts.errors import InvalidError
from annotator.datasets.json_reading import Members
from annotator.datasets.released import ReleasedAnswer, ReleasedStack
from annotator.labels.tirads_optimiser import DiagnosedNodule

TABLE_COLUMNS = ("finding", "study", "patient")
# finding | study | patient -> identifier -> malignant
Table = Mapping[str, Mapping[str, bool]]


@dataclass(frozen=True)
class TiradsSettings:
    """What is fitted to what.

    Attributes
    ----------
    schema : key of the schema with the features, scored by points.
    table : identifier of a DiagnosisTable; or else
    diagnosis_schema, question, malignant, benign : where the diagnosis was answered, and which values mean what;
        any other value leaves the nodule out.
    training : sides that points are fitted on; they are reported on all others.
    title : of the new system of points.
    """

    schema: str = "acr-tirads"
    table: str = ""
    diagnosis_schema: str = ""
    question: str = ""
    malignant: tuple[str, ...] = ()
    benign: tuple[str, ...] = ()
    training: tuple[str, ...] = ("train",)
    seed: int = 1
    title: str = ""

    def to_json(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read and check settings.

        Raises
        ------
        InvalidError : with the path of the fault.
        """
        members = Members(data)
        made = cls(
            schema=members.text("schema") or cls.schema,
            table=members.text("table"),
            diagnosis_schema=members.text("diagnosis_schema"),
            question=members.text("question"),
            malignant=members.texts("malignant"),
            benign=members.texts("benign"),
            training=members.texts("training") or cls.training,
            seed=members.whole("seed", 1, low=0, high=2**31 - 1),
            title=members.text("title", longest=100),
        )
        members.done()
        asked = bool(made.diagnosis_schema and made.question)
        if bool(made.table) == asked:
            raise InvalidError(
                "Say where the diagnosis is: a table, or a schema and a question.",
                "diagnosis_schema" if made.diagnosis_schema else "table",
            )
        if asked and (not made.malignant or not made.benign):
            raise InvalidError("Say which values mean malignant and which benign.", "malignant")
        if set(made.malignant) & set(made.benign):
            raise InvalidError("A value can't be both malignant and benign.", "benign")
        return made


@dataclass
class FoundNodules:
    """What a release has.

    Attributes
    ----------
    training, held_out : nodules; left_out : why -> how many.
    """

    training: list[DiagnosedNodule] = field(default_factory=list)
    held_out: list[DiagnosedNodule] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def diagnosed_nodules(
    stacks: Iterable[ReleasedStack], settings: TiradsSettings, categories: Iterable[str], *, table: Table | None = None
) -> FoundNodules:
    """The nodules of a release: each reader's answer about a finding is one.

    Parameters
    ----------
    categories : questions of the schema that points are given for; a nodule that lacks one is left out.
    table : where the settings name one.
    """
    found = FoundNodules()
    wanted = tuple(categories)
    seen: set[str] = set()
    for stack in stacks:
        for answer in stack.answers:
            about = answer.schema.partition("@")[0] == settings.schema and answer.target.kind == "finding"
            if not about or answer.id in seen:
                continue
            seen.add(answer.id)
            features = {name: _chosen(answer.answers.get(name)) for name in wanted}
            malignant = _diagnosis(stack, answer, settings, table)
            if not all(features.values()):
                found.left_out["a feature is not answered"] += 1
            elif malignant is None:
                found.left_out["no diagnosis"] += 1
            else:
                size = answer.score.get("size_mm")
                nodule = DiagnosedNodule(
                    features=features,
                    malignant=malignant,
                    patient=stack.patient,
                    size_mm=float(size) if isinstance(size, int | float) and size > 0 else None,
                )
                (found.training if stack.split in settings.training else found.held_out).append(nodule)
    return found


def _diagnosis(
    stack: ReleasedStack, answer: ReleasedAnswer, settings: TiradsSettings, table: Table | None
) -> bool | None:
    if table is not None:
        names = {"finding": answer.target.finding or "", "study": stack.study_uid, "patient": stack.patient}
        for column in TABLE_COLUMNS:
            if names[column] in table.get(column, {}):
                return table[column][names[column]]
        return None
    for kind in ("finding", "case"):
        for other in stack.answers:
            same = other.target.kind == kind and (kind == "case" or other.target.finding == answer.target.finding)
            if not same or other.schema.partition("@")[0] != settings.diagnosis_schema:
                continue
            value = str(other.answers.get(settings.question))
            if value in settings.malignant:
                return True
            if value in settings.benign:
                return False
    return None


def _chosen(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    return (value,) if isinstance(value, str) else ()

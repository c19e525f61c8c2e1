"""A study's protocol, allocation and amendments as one document, for an ethics board and for the study's own file."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from annotator.accounts.policies import Person
from annotator.readerstudies.design import Arm, ArmKind, ArmOrder, DesignKind, Protocol
from annotator.readerstudies.models import AllocationPart, Amendment, ReaderStudy, StudyReader
from annotator.readerstudies.study_queries import protocol_of, study_for

_ARMS = {
    ArmKind.UNAIDED: "Readers see the pictures alone.",
    ArmKind.CONCURRENT: "A model's suggestions are shown from the start.",
    ArmKind.SECOND_READ: "The unaided answer is locked first; then a model's suggestions are shown, and a final answer "
    "is given. Both are kept.",
    ArmKind.TRIAGE: "Cases come in the order of a model's score.",
}
_DESIGNS = {
    DesignKind.FULLY_CROSSED: "Fully crossed: every reader reads every case.",
    DesignKind.SPLIT_PLOT: "Split-plot: readers and cases fall into {groups} groups, each crossed in itself.",
    DesignKind.BALANCED: "Every case is read by {readers} readers; readers read equally many cases, one more or less.",
    DesignKind.ANCHOR: "Anchor readers read every case, and {readers} of the others each case, in turn.",
}
_ORDERS = {
    ArmOrder.CROSSOVER: "Crossover: readers and cases begin with different arms by turns, as in a Latin square.",
    ArmOrder.AS_LISTED: "Everybody reads the arms in the order in which they are listed.",
}


@dataclass(frozen=True)
class ArmWords:
    """An arm as the document says it."""

    name: str
    words: str


@dataclass(frozen=True)
class CaseLine:
    """A case of the study; nothing of whose it is but which cases are of one patient."""

    number: int
    stage: str
    patient: str
    batch: str
    truth: str
    amendment: int


@dataclass(frozen=True)
class ReaderOrder:
    """What one reader reads in one session, in order, and the hash of the stored allocation that says so."""

    code: str
    amendment: int
    session: int
    entries: tuple[tuple[int, str], ...]
    sha256: str


@dataclass(frozen=True)
class ReaderLine:
    """A reader: how many readings they have."""

    code: str
    name: str
    is_anchor: bool
    readings: int
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class ProtocolDocument:
    """Everything that was fixed before reading, and what was changed after."""

    study: ReaderStudy
    protocol: Protocol
    design: str
    arms: tuple[ArmWords, ...]
    arm_order: str
    cases: tuple[CaseLine, ...]
    readers: tuple[ReaderLine, ...]
    orders: tuple[ReaderOrder, ...]
    amendments: tuple[Amendment, ...]

    @property
    def truths(self) -> int:
        return sum(bool(case.truth) for case in self.cases)

    @property
    def readings(self) -> int:
        return sum(reader.readings for reader in self.readers)


def protocol_document(person: Person, study_id: UUID | str) -> ProtocolDocument:
    """Put the document together; five queries, whatever the study's size.

    Raises
    ------
    NotAllowedError : `person` doesn't run studies.
    NotFoundError : there is no such study.
    """
    study = study_for(person, study_id)
    protocol = protocol_of(study)
    parts = list(
        AllocationPart.objects.filter(study=study).select_related("reader").order_by("reader__code", "amendment")
    )
    readings: Counter[str] = Counter()
    for part in parts:
        readings[part.reader.code] += len(part.entries)
    readers = StudyReader.objects.filter(study=study).select_related("person").order_by("code")
    return ProtocolDocument(
        study=study,
        protocol=protocol,
        design=_DESIGNS[protocol.design.kind].format(
            groups=protocol.design.groups, readers=protocol.design.readers_per_case
        ),
        arms=tuple(ArmWords(arm.name, _words_of(arm)) for arm in protocol.arms),
        arm_order=_ORDERS[protocol.arm_order] if len(protocol.arms) > 1 else "",
        cases=tuple(_case_lines(study)),
        readers=tuple(
            ReaderLine(
                reader.code, reader.person.full_name, reader.is_anchor, readings[reader.code], reader.withdrawn_at
            )
            for reader in readers
        ),
        orders=tuple(order for part in parts for order in _orders_of(part)),
        amendments=tuple(Amendment.objects.filter(study=study).select_related("made_by").order_by("number")),
    )


def _words_of(arm: Arm) -> str:
    words = _ARMS[arm.kind]
    if arm.kind == ArmKind.TRIAGE:
        words += " Suggestions are shown too." if arm.shows_marks else " Suggestions are not shown."
    if arm.kind != ArmKind.UNAIDED:
        words += f" Model: {arm.model or 'every model that proposed something'}."
    return words


def _case_lines(study: ReaderStudy) -> list[CaseLine]:
    rows = study.items.order_by("number").values_list("number", "stage", "patient", "batch", "truth", "amendment")
    return [
        CaseLine(number, stage, patient, batch, str((truth or {}).get("source", "")), amendment)
        for number, stage, patient, batch, truth, amendment in rows
    ]


def _orders_of(part: AllocationPart) -> list[ReaderOrder]:
    sessions: dict[int, list[tuple[int, str]]] = {}
    for number, arm, session in part.entries:
        sessions.setdefault(session, []).append((number, arm))
    return [
        ReaderOrder(part.reader.code, part.amendment, session, tuple(entries), part.sha256)
        for session, entries in sorted(sessions.items())
    ]

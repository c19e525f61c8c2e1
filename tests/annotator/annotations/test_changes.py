"""A change's identifier: whatever the network doubles, delays or loses, each change counts once and none is lost."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotator.accounts.errors import StaleError
from annotator.accounts.models import User
from annotator.annotations.actions.delete_annotation import delete_annotation
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.models import Annotation, Revision
from annotator.cases.models import Case
from annotator.imaging.models import Frame


@pytest.fixture
def box(shared_case: Case, frame: Frame) -> SaveAnnotation:
    return SaveAnnotation(
        id=uuid4(), case_id=shared_case.pk, frame_key=frame.key, kind="box", points=[[10, 20], [30, 40]]
    )


@dataclass(frozen=True)
class Message:
    """One change on its way; a label of None deletes."""

    sender: int
    change: UUID
    label: str | None
    seen: int


@dataclass
class Tab:
    """A program that sends its changes in order, each until it is confirmed, and insists on its own in a conflict."""

    seen: int = 1
    waiting: list[tuple[UUID, str | None]] = field(default_factory=list)

    def answered(self, message: Message, revision: int, *, is_saved: bool) -> None:
        if not self.waiting or self.waiting[0][0] != message.change:
            return  # the answer to a copy of what was confirmed long ago
        self.seen = revision
        _, label = self.waiting.pop(0)
        if not is_saved:
            self.waiting.insert(0, (uuid4(), label))


class TwoTabs:
    """One mark that is there already, two programs that change it, and everything that they ever sent."""

    def __init__(self, reader: User, mark: SaveAnnotation) -> None:
        self.reader, self.mark = reader, mark
        self.tabs = (Tab(), Tab())
        self.sent: list[Message] = []
        self.labels: list[str] = []

    def change(self, what: str, number: int) -> None:
        """Save a label that nobody saved before, or delete."""
        if what == "edit":
            self.labels.append(f"edit {len(self.labels)}")
        self.tabs[number].waiting.append((uuid4(), self.labels[-1] if what == "edit" else None))

    def send(self, number: int) -> bool:
        """Send what waits first; whether anything does."""
        tab = self.tabs[number]
        if tab.waiting:
            self.sent.append(Message(number, *tab.waiting[0], tab.seen))
        return bool(tab.waiting)

    def arrive(self, at: int, *, is_answered: bool = True) -> None:
        """Let a message arrive, for the first time or once more."""
        if not self.sent:
            return
        message = self.sent[at % len(self.sent)]
        try:
            revision, is_saved = self._saved(message).revision, True
        except StaleError as stale:
            revision, is_saved = int(str((stale.current or {})["revision"])), False
        if is_answered:
            self.tabs[message.sender].answered(message, revision, is_saved=is_saved)

    def settle(self) -> None:
        """The network is good again: everything that waits goes out and is answered."""
        for number, tab in enumerate(self.tabs):
            while tab.waiting:
                self.send(number)
                self.arrive(-1)

    def _saved(self, message: Message) -> Annotation:
        if message.label is None:
            return delete_annotation(self.reader, self.mark.id, revision=message.seen, change=message.change)
        asked = replace(self.mark, label=message.label, revision=message.seen, change=message.change)
        return save_annotation(self.reader, asked)


# Who does what, what becomes of the message that they send next, and which old one arrives once more.
EVENT = st.tuples(
    st.integers(0, 1),
    st.sampled_from(["edit", "edit", "delete", "nothing"]),
    st.sampled_from(["answered", "answer lost", "held up"]),
    st.none() | st.integers(0, 30),
)


@given(events=st.lists(EVENT, max_size=12), late=st.lists(st.integers(0, 60), max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_doubled_delayed_and_lost_messages_of_two_tabs_lose_nothing_and_count_nothing_twice(
    events: list[tuple[int, str, str, int | None]], late: list[int], radiologist: User, box: SaveAnnotation
) -> None:
    mark = replace(box, id=uuid4())
    save_annotation(radiologist, mark)
    two = TwoTabs(radiologist, mark)
    for number, what, fate, copy in events:
        if what != "nothing":
            two.change(what, number)
        if two.send(number) and fate != "held up":
            two.arrive(-1, is_answered=fate == "answered")
        if copy is not None:
            two.arrive(copy)
    two.settle()
    end = Annotation.objects.get(pk=mark.id)
    rows = list(Revision.objects.filter(target_id=mark.id).order_by("number"))
    saved = [row.state["label"] for row in rows if not row.state["deleted"] and row.state["label"]]
    assert sorted(saved) == sorted(two.labels), "no edit is lost, and none counts twice"
    assert end.revision == len(rows) == rows[-1].number
    assert (end.label, end.deleted_at is not None) == (rows[-1].state["label"], rows[-1].state["deleted"])
    for at in late:
        two.arrive(at)
    assert Annotation.objects.get(pk=mark.id).revision == end.revision, "what comes late changes nothing"


def test_one_tab_ends_where_its_reader_ended(radiologist: User, box: SaveAnnotation) -> None:
    steps: list[Callable[[], Annotation]] = []
    for seen, label in enumerate(["", "a", "b", "a"]):
        asked = replace(box, label=label, revision=seen, change=uuid4())
        steps.append(lambda asked=asked: save_annotation(radiologist, asked))
    for at in range(len(steps)):
        for step in [steps[at], *steps[: at + 1], *steps[at::-1]]:
            assert step().revision == at + 1
    assert Annotation.objects.get(pk=box.id).label == "a"


def test_the_database_itself_takes_no_change_twice(radiologist: User, box: SaveAnnotation) -> None:
    save_annotation(radiologist, replace(box, change=uuid4()))
    row = Revision.objects.get()
    row.pk, row.number = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)

"""Have the models that answer look at cases before anybody opens them: calipers, lesions, on every picture.

Ultrasound stills: calipers, by the network that answers or by matching; round those that belong together, an outline
by the guided network. CT and mammography: frame by frame by the networks that a department promoted for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.db.models import QuerySet

from annotator.accounts.errors import ConflictError
from annotator.assist.actions.record_suggestions import kept_version, record_suggestions
from annotator.assist.filed_results import hash_of_hint
from annotator.assist.model_queries import answering_versions, fitness_for, is_guided
from annotator.assist.models import ModelVersion
from annotator.assist.proposals import ModelIdentity, Proposal, ProposedShape
from annotator.cases.models import Case
from annotator.imaging.models import Frame, InstanceState, StackKind
from annotator.imaging.store.frame_source import source_of_frame
from ml_assist.actions.frame_work import FrameWork, Question, SeenFrame, answers_to
from ml_assist.actions.read_printed_lengths import PictureWithCalipers, read_printed_lengths
from ml_assist.actions.request_outline import SEGMENTATION, guided_version
from ml_assist.guidance.measured_hints import measured_hints
from ml_assist.hints import found_calipers, hint_as_json, weighed
from ml_assist.inference.caliper_finding import NetworkFinder
from ml_assist.inference.drawing import Drawer
from ml_assist.inference.matched_calipers import MATCHER, in_tissue, matched, matcher_identity

# As the cards of training/train_caliper.py call it.
CALIPERS = "calipers"

Report = Callable[[int, str], None]


@dataclass
class PreSegmented:
    """What was looked at and found; `told` says in words what was not asked, and why."""

    cases: int = 0
    pictures: int = 0
    calipers: int = 0
    outlines: int = 0
    printed_lengths: int = 0
    new_suggestions: int = 0
    told: list[str] = field(default_factory=list)

    def tell(self, words: str) -> None:
        """Each reason once: a thousand cases have the same."""
        if words not in self.told and len(self.told) < 20:
            self.told.append(words)


def pre_segment(case_ids: Sequence[UUID | str], *, report: Report) -> PreSegmented:
    """Look at cases one after the other. Running it again, after a kill too, works nothing out twice.

    The system's own: workers call it, no person does.

    Parameters
    ----------
    report : called with percent and what is being done; raises when the job is cancelled.

    Raises
    ------
    RoomError : weights are gone or changed, or the device's memory is full; in words.
    """
    made = PreSegmented()
    for at, case_id in enumerate(case_ids):
        case = Case.objects.filter(pk=case_id).first()
        if case is None:
            made.tell("A case is gone.")
            continue
        made.cases += 1

        def report_case(done: int, of: int, at: int = at, title: str = case.title) -> None:
            report(100 * at // len(case_ids), f"{title} ({at + 1} of {len(case_ids)}): picture {done} of {of}")

        report_case(0, 0)
        (_ultrasound if case.modality == "US" else _frame_by_frame)(case, made, report_case)
    return made


def _ultrasound(case: Case, made: PreSegmented, report: Callable[[int, int], None]) -> None:
    rows = _ready_frames(case).filter(instance__stack__kind=StackKind.STILL, instance__series__modality="US")
    frames = [_seen(frame) for frame in rows]
    made.pictures += len(frames)
    anatomy = {frame.pk: frame.instance.series.body_part for frame in rows}
    for body_part in sorted(set(anatomy.values())):
        its = [frame for frame in frames if anatomy[frame.pk] == body_part]
        calipers = _calipers(case, its, body_part, made, report)
        _outlines_round(case, its, calipers, body_part, made, report)
        measured = [PictureWithCalipers(one.pk, one.picture, one.source) for one in its if len(calipers[one.pk]) >= 2]
        printed = read_printed_lengths(measured)
        made.printed_lengths += printed.lengths
        for words in printed.left_out:
            made.tell(words)


def _calipers(
    case: Case, frames: list[SeenFrame], anatomy: str, made: PreSegmented, report: Callable[[int, int], None]
) -> dict[int, list[ProposedShape]]:
    """Those of each frame, recorded as suggestions."""
    version, note = _answering(case, CALIPERS, "US", anatomy, made)
    identity = identity_of(version) if version else matcher_identity()
    find = NetworkFinder(version).find if version else matched
    questions = [Question(one, hash_of_hint(None, picture=one.picture), partial(find, one.source)) for one in frames]
    found = answers_to(questions, kept_version(identity).pk, report=report)
    by_frame = {one.pk: in_tissue(found.on(one.pk), one.geometry.regions) for one in frames}
    made.calipers += sum(map(len, by_frame.values()))
    _record(case, identity, by_frame, note, found, made, supersedes={MATCHER, identity.name})
    return by_frame


def _outlines_round(
    case: Case,
    frames: list[SeenFrame],
    calipers: dict[int, list[ProposedShape]],
    anatomy: str,
    made: PreSegmented,
    report: Callable[[int, int], None],
) -> None:
    """One outline for each lesion that was measured; where nobody measured, nothing is invented."""
    try:
        version, fitness = guided_version(case, modality="US", anatomy=anatomy)
    except ConflictError as error:
        made.tell(str(error))
        return
    draw = Drawer(version).draw
    questions, measured = [], {}
    for frame in frames:
        for one in measured_hints(found_calipers(calipers[frame.pk])):
            hint_hash = hash_of_hint(hint_as_json(one.hint), picture=frame.picture)
            measured[frame.pk, hint_hash] = one
            questions.append(Question(frame, hint_hash, partial(draw, frame.source, one.hint, urgent=False)))
    drawn = answers_to(questions, version.pk, report=report)
    by_frame: dict[int, list[ProposedShape]] = {one.pk: [] for one in frames}
    for (frame_id, hint_hash), shapes in drawn.shapes.items():
        by_frame[frame_id] += weighed(shapes, measured[frame_id, hint_hash])
    made.outlines += sum(map(len, by_frame.values()))
    _record(case, identity_of(version), by_frame, fitness.note, drawn, made, supersedes={version.name})


def _frame_by_frame(case: Case, made: PreSegmented, report: Callable[[int, int], None]) -> None:
    """Networks without guidance draw on every frame; those that need a hint wait for a reader's."""
    rows = list(_ready_frames(case).filter(instance__series__modality=case.modality))
    made.pictures += len(rows)
    anatomies = {frame.instance.series.body_part for frame in rows}
    for anatomy in sorted(anatomies):
        version, note = _answering(case, SEGMENTATION, case.modality, anatomy, made)
        if version is None:
            continue
        draw = Drawer(version).draw
        frames = [_seen(frame) for frame in rows if frame.instance.series.body_part == anatomy]
        questions = [
            Question(one, hash_of_hint(None, picture=one.picture), partial(draw, one.source, None, urgent=False))
            for one in frames
        ]
        drawn = answers_to(questions, version.pk, report=report)
        by_frame = {one.pk: drawn.on(one.pk) for one in frames}
        made.outlines += sum(map(len, by_frame.values()))
        _record(case, identity_of(version), by_frame, note, drawn, made, supersedes={version.name})


def identity_of(version: ModelVersion) -> ModelIdentity:
    """A registered version as its suggestions name it."""
    return ModelIdentity(version.name, version.version, version.task, version.description, version.content_hash)


def _answering(
    case: Case, task: str, modality: str, anatomy: str, made: PreSegmented
) -> tuple[ModelVersion | None, str]:
    """The version without guidance that answers, and the note that stands with each of its suggestions."""
    for version in answering_versions(case.pk):
        if version.task == task and version.modality == modality and not is_guided(version):
            fitness = fitness_for(version, modality=modality, anatomy=anatomy)
            if fitness.answers:
                return version, fitness.note
            made.tell(fitness.reason)
    return None, ""


def _record(
    case: Case,
    identity: ModelIdentity,
    by_frame: dict[int, list[ProposedShape]],
    note: str,
    work: FrameWork,
    made: PreSegmented,
    *,
    supersedes: set[str],
) -> None:
    proposals = [Proposal.on(frame, shape, model_note=note) for frame, shapes in by_frame.items() for shape in shapes]
    answered = {frame for frame, _ in work.shapes}
    looked_at = by_frame.keys() if not work.left_out else answered
    made.new_suggestions += record_suggestions(
        case.pk, identity, proposals, frames_looked_at=looked_at, supersedes=supersedes
    )
    for words in work.left_out:
        made.tell(words)


def _ready_frames(case: Case) -> QuerySet[Frame]:
    return (
        Frame.objects.filter(
            instance__stack__case_stacks__case=case,
            instance__stack__case_stacks__prior=0,
            instance__state=InstanceState.READY,
        )
        .select_related("instance__series")
        .order_by("pk")
    )


def _seen(frame: Frame) -> SeenFrame:
    return SeenFrame.of(frame, source_of_frame(frame.key))

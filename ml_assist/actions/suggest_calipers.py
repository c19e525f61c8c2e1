"""Look for the calipers burned into a case's ultrasound stills and propose each as a point, by matching."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from annotator.assist.actions.record_suggestions import record_suggestions
from annotator.assist.proposals import ModelIdentity, Proposal
from annotator.imaging.frame_description import FrameGeometry
from annotator.imaging.models import Frame, InstanceState, StackKind
from annotator.imaging.store.frame_source import source_of_frame
from ml_assist.actions.read_printed_lengths import PictureWithCalipers, read_printed_lengths
from ml_assist.inference.matched_calipers import in_tissue, matched, matcher_identity


@dataclass(frozen=True)
class CaliperSearch:
    """How many stills were looked at, how many calipers were found, how many of these are new suggestions.

    Attributes
    ----------
    printed_lengths : how many were read in the stills with calipers.
    """

    stills: int
    calipers: int
    new_suggestions: int
    printed_lengths: int


def model_identity() -> ModelIdentity:
    """The detector as the tables know it."""
    return matcher_identity()


def suggest_calipers(
    case_id: UUID | str, *, report: Callable[[int, str], None] = lambda _percent, _doing: None
) -> CaliperSearch:
    """Search every ready ultrasound still of a case; cines are left out, since nobody measures while they run.

    Running it again changes nothing. The system's own: workers call it, no person does.

    Raises
    ------
    NotFoundError : no such case.
    """
    stills = list(
        Frame.objects.filter(
            instance__stack__case_stacks__case_id=case_id,
            instance__stack__case_stacks__prior=0,
            instance__stack__kind=StackKind.STILL,
            instance__series__modality="US",
            instance__state=InstanceState.READY,
        )
        .order_by("pk")
        .values_list("pk", "key", "geometry", "instance__sha256")
    )
    proposals: list[Proposal] = []
    measured: list[PictureWithCalipers] = []
    for done, (pk, key, geometry, picture) in enumerate(stills):
        report(100 * done // len(stills), f"Looking for calipers in picture {done + 1} of {len(stills)}")
        source = source_of_frame(key)
        found = in_tissue(matched(source), FrameGeometry.from_json(geometry).regions)
        proposals += [Proposal.on(pk, shape) for shape in found]
        if len(found) >= 2:
            measured.append(PictureWithCalipers(pk, picture, source))
    new = record_suggestions(case_id, matcher_identity(), proposals, frames_looked_at=[still[0] for still in stills])
    printed = read_printed_lengths(measured)
    return CaliperSearch(len(stills), len(proposals), new, printed.lengths)

"""Look for the calipers burned into a case's ultrasound stills and propose each as a point."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from annotator.annotations.models import MarkKind
from annotator.assist.actions.record_suggestions import record_suggestions
from annotator.assist.proposals import ModelIdentity, Proposal
from annotator.imaging.frame_description import FrameGeometry, UltrasoundRegion
from annotator.imaging.models import Frame, InstanceState, StackKind
from annotator.imaging.pixels.rendering import render_pixels
from annotator.imaging.store.frame_source import source_of_frame
from ml_assist.inference.calipers import Caliper, find_calipers, parameters_hash

LABEL = "caliper"
VERSION = "1"


@dataclass(frozen=True)
class CaliperSearch:
    """How many stills were looked at, how many calipers were found, and how many of these are new suggestions."""

    stills: int
    calipers: int
    new_suggestions: int


def model_identity() -> ModelIdentity:
    """The detector as the tables know it; docs/models/caliper-template.md is its card."""
    return ModelIdentity(
        name="caliper-template",
        version=VERSION,
        task="caliper detection",
        description="Matches drawn symbols (plus, open plus, x, asterisk) and looks at their strokes.",
        content_hash=parameters_hash(),
    )


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
        .values_list("pk", "key", "geometry")
    )
    proposals: list[Proposal] = []
    for done, (pk, key, geometry) in enumerate(stills):
        report(100 * done // len(stills), f"Looking for calipers in picture {done + 1} of {len(stills)}")
        regions = FrameGeometry.from_json(geometry).regions
        proposals += [
            Proposal(pk, MarkKind.POINT, [[found.column, found.row]], LABEL, found.score)
            for found in find_calipers(render_pixels(source_of_frame(key)))
            if _shows_tissue(found, regions)
        ]
    new = record_suggestions(case_id, model_identity(), proposals, frames_looked_at=[pk for pk, _, _ in stills])
    return CaliperSearch(stills=len(stills), calipers=len(proposals), new_suggestions=new)


def _shows_tissue(found: Caliper, regions: Sequence[UltrasoundRegion]) -> bool:
    """Whether a place lies in a region of 2-D tissue, where the file says which these are; the rest is screen."""
    spatial = [region for region in regions if region.spatial]
    return not spatial or any(
        region.min_column <= found.column <= region.max_column + 1 and region.min_row <= found.row <= region.max_row + 1
        for region in spatial
    )

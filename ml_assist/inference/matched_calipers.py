"""Calipers on a frame by matching, as shapes; nothing of torch."""

from collections.abc import Sequence

from annotator.annotations.models import MarkKind
from annotator.assist.proposals import ModelIdentity, ProposedShape
from annotator.imaging.frame_description import UltrasoundRegion
from annotator.imaging.pixels.rendering import render_pixels
from annotator.imaging.store.frame_source import FrameSource
from ml_assist.inference.calipers import Caliper, find_calipers, parameters_hash

LABEL = "caliper"
MATCHER = "caliper-template"
_MATCHER_VERSION = "2"


def matcher_identity() -> ModelIdentity:
    """The matching detector as the tables know it; docs/models/caliper-template.md is its card."""
    return ModelIdentity(
        name=MATCHER,
        version=_MATCHER_VERSION,
        task="caliper detection",
        description="Matches drawn symbols (plus, open plus, x, asterisk) and looks at their strokes; not in flow.",
        content_hash=parameters_hash(),
    )


def matched(source: FrameSource) -> list[ProposedShape]:
    """Every caliper of a frame that matches a drawn symbol, as a point."""
    return shapes_of(find_calipers(render_pixels(source)))


def shapes_of(calipers: Sequence[Caliper]) -> list[ProposedShape]:
    return [
        ProposedShape(MarkKind.POINT.value, [[one.column, one.row]], LABEL, min(max(one.score, 0.0), 1.0))
        for one in calipers
    ]


def in_tissue(shapes: Sequence[ProposedShape], regions: Sequence[UltrasoundRegion]) -> list[ProposedShape]:
    """Those in a region of 2-D tissue, where the file says which these are; the rest is screen."""
    spatial = [region for region in regions if region.spatial]
    return [one for one in shapes if not spatial or any(_holds(region, one.points[0]) for region in spatial)]


def _holds(region: UltrasoundRegion, point: list[float]) -> bool:
    column, row = point
    return region.min_column <= column <= region.max_column + 1 and region.min_row <= row <= region.max_row + 1

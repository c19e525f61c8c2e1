"""Render a golden picture through the whole path; needs a database and empty stores."""

from pathlib import Path

import numpy as np

from annotator.imaging.actions.ingest_paths import ingest_paths
from annotator.imaging.models import Frame
from annotator.imaging.pixels.rendering import render_pixels
from annotator.imaging.store.frame_source import source_of_frame
from tests.golden.pictures import GoldenPicture


def rendered(picture: GoldenPicture, folder: Path) -> np.ndarray:
    """Take the file in and render its first frame."""
    summary = ingest_paths(None, [picture.file(folder)], derive=True)
    if summary.ingested != 1:
        raise ValueError(f"{picture.name}: {summary}")
    frame = Frame.objects.order_by("-instance", "number").first()
    return render_pixels(source_of_frame(frame.key), **picture.rendering)

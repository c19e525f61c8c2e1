"""The small picture of a stack: its middle frame, made once, kept in the store of thumbnails."""

from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2s

from django.core.files.storage import storages

from annotator.accounts.errors import NotFoundError
from annotator.imaging.models import Stack
from annotator.imaging.pixels.rendering import (
    RENDERING_VERSION,
    Composition,
    MediaType,
    Rendering,
    check_composition,
    render_frame,
)
from annotator.imaging.pixels.three_window import CompositionError
from annotator.imaging.queries import frame_keys_in_order
from annotator.imaging.store.filing import Place, open_place, remove
from annotator.imaging.store.frame_source import FrameSource, source_of_frame
from annotator.imaging.store.staging import file_content

# Twice what lists show, for screens with two pixels to each of theirs.
SIDE = 256
# Counts in the entity tag: raise it when the same frame begins to give another thumbnail.
THUMBNAIL_VERSION = 1
MEDIA_TYPE: MediaType = "image/jpeg"
_STORE = "thumbnails"
_HEADS = frozenset({"HEAD", "BRAIN", "SKULL"})


@dataclass(frozen=True)
class Thumbnail:
    """A picture of at most 256 by 256 pixels, the stored matrix's aspect kept."""

    content: bytes
    media_type: str
    etag: str


@dataclass(frozen=True)
class PlannedThumbnail:
    """Which frame a thumbnail shows, and the entity tag that it has: enough to say that it has not changed."""

    stack_key: str
    frame_key: str
    composition: Composition | None
    etag: str

    @property
    def place(self) -> Place:
        return Place(_STORE, f"{_folder(self.stack_key)}/{self.etag.strip(chr(34))}.jpg")


def plan_thumbnail(stack: Stack) -> PlannedThumbnail:
    """Choose the middle of the stack's ready frames; a head CT shows brain, blood and bone at once.

    Raises
    ------
    NotFoundError : no frame of it is ready.
    """
    keys = frame_keys_in_order(stack)
    if not keys:
        raise NotFoundError("None of this stack's pictures can be shown.")
    key = keys[len(keys) // 2]
    composition = _composition_of(stack, key)
    words = f"{key}|{SIDE}|{THUMBNAIL_VERSION}|{RENDERING_VERSION}|{composition}"
    return PlannedThumbnail(stack.key, key, composition, f'"{blake2s(words.encode(), digest_size=12).hexdigest()}"')


def thumbnail_of_stack(stack: Stack, *, planned: PlannedThumbnail | None = None) -> Thumbnail:
    """Read the stack's thumbnail, or make it.

    Parameters
    ----------
    stack : with its series at hand.
    planned : what plan_thumbnail gave, where the caller asked that already.

    Raises
    ------
    NotFoundError : no frame of it is ready.
    FrameStoreError, DecodingError, Htj2kError : the stored bytes are damaged.
    UnavailableError : the store can't be reached.
    """
    planned = planned or plan_thumbnail(stack)
    try:
        with open_place(planned.place) as file:
            content = file.read()
    except FileNotFoundError:
        content = _made(planned)
        # The stack grew since the last one, or it is the first.
        forget_thumbnails(stack)
        file_content(planned.place, content)
    return Thumbnail(content, MEDIA_TYPE, planned.etag)


def forget_thumbnails(stack: Stack) -> None:
    """Remove what was made of a stack: a picture of it is withheld from now on, or is another one."""
    folder = _folder(stack.key)
    names: list[str] = []
    with suppress(FileNotFoundError):
        names = storages[_STORE].listdir(folder)[1]
    for name in names:
        remove(Place(_STORE, f"{folder}/{name}"))


def _folder(stack_key: str) -> str:
    return f"{stack_key[:2]}/{stack_key}"


def _composition_of(stack: Stack, frame_key: str) -> Composition | None:
    is_head = stack.series.modality == "CT" and stack.series.body_part.upper() in _HEADS
    if not is_head or stack.grouping.endswith(" localizer"):
        return None
    return "three-window" if _has_hounsfield_units(source_of_frame(frame_key)) else None


def _has_hounsfield_units(source: FrameSource) -> bool:
    try:
        check_composition(source)
    except CompositionError:
        return False
    return True


def _made(planned: PlannedThumbnail) -> bytes:
    source = source_of_frame(planned.frame_key)
    viewport = (min(SIDE, source.columns), min(SIDE, source.rows))
    rendering = Rendering(media_type=MEDIA_TYPE, viewport=viewport, composition=planned.composition)
    return render_frame(source, rendering)

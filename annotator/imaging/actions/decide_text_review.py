"""A person says what is to become of a picture that may show who the patient is: blank, release or withhold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.policies import Person
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.burned_in.blank_region import BlankRegion, checked_regions
from annotator.imaging.burned_in.blanking import blank_file
from annotator.imaging.burned_in.queries import reviewable
from annotator.imaging.errors import QuarantineError
from annotator.imaging.headers.header_json import header_json
from annotator.imaging.headers.header_reading import reading_odd_headers
from annotator.imaging.headers.parsing import ParsedInstance, parse_instance
from annotator.imaging.models import Instance, InstanceState, TextReview, TextVerdict
from annotator.imaging.store.filing import Place, file_all, local_file, original_place, remove
from annotator.imaging.store.staging import StagedFile, discard, restage, staging_name
from annotator.jobs.actions.queue_job import queue_job

RELEASE_WORK = "imaging.release_pictures"


@dataclass(frozen=True)
class _Blanked:
    """The file that takes the place of the one with text."""

    file: StagedFile
    parsed: ParsedInstance
    header: dict[str, Any]

    @property
    def place(self) -> Place:
        return original_place(self.file.sha256)


def decide_text_review(
    person: Person, review_id: int, *, verdict: str, regions: Sequence[Any] = (), make_ready: bool = True
) -> TextReview:
    """Decide about one waiting picture; the same decision again changes nothing.

    Blanked, the picture is filed anew and durable before its row names the new file; the file with the text is
    removed after that, by this process or, when it dies, by the job that makes the picture ready.

    Parameters
    ----------
    verdict : a TextVerdict.
    regions : for "blanked": boxes with column, row, columns and rows, filled in every frame.
    make_ready : queue the job that makes its frames; not so where the caller does that for many at once.

    Raises
    ------
    NotAllowedError : neither data manager nor admin.
    NotFoundError : no such review.
    InvalidError : no such verdict; boxes missing, or outside of the picture; a file that can't be blanked.
    ConflictError : somebody else decided otherwise meanwhile.
    """
    review = reviewable(person, review_id)
    if verdict not in TextVerdict.values:
        raise InvalidError(f"{verdict!r} is no verdict: blanked, clean or withheld.", "verdict")
    asked = _asked_regions(review, verdict, regions)
    if review.verdict:
        return _decided_already(review, verdict, asked)
    blanked = _blank(review.instance, asked) if asked else None
    try:
        decided = _write(person, review_id, verdict, asked, blanked, make_ready=make_ready)
    except BaseException:
        if blanked is not None and not Instance.objects.filter(sha256=blanked.file.sha256).exists():
            remove(blanked.place)
        raise
    if blanked is not None:
        remove_superseded([review.instance.sha256])
    count_studies([review.instance.series.study_id])
    return decided


def remove_superseded(hashes: Sequence[str]) -> None:
    """Remove the files with text that no row names any more."""
    named = set(Instance.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
    for sha256 in hashes:
        if sha256 not in named:
            remove(original_place(sha256))


def _asked_regions(review: TextReview, verdict: str, regions: Sequence[Any]) -> list[BlankRegion]:
    if verdict != TextVerdict.BLANKED:
        if regions:
            raise InvalidError("Only blanking takes regions.", "regions")
        return []
    if not regions:
        raise InvalidError("Mark at least one region to blank.", "regions")
    return checked_regions(regions, rows=review.instance.rows, columns=review.instance.columns)


def _decided_already(review: TextReview, verdict: str, regions: Sequence[BlankRegion]) -> TextReview:
    if review.verdict == verdict and review.blanked == [region.to_json() for region in regions]:
        return review
    who = review.decided_by.full_name if review.decided_by is not None else "Somebody"
    raise ConflictError(
        f"{who} decided about this picture meanwhile: {review.get_verdict_display().lower()}.",
        {"verdict": review.verdict, "blanked": review.blanked},
    )


def _blank(instance: Instance, regions: Sequence[BlankRegion]) -> _Blanked:
    """Write the blanked file and make it durable."""
    draft = staging_name()
    try:
        with local_file(original_place(instance.sha256)) as source:
            blank_file(source, draft, regions)
        with reading_odd_headers():
            parsed = parse_instance(draft)
            header = header_json(parsed.dataset)
        blanked = _Blanked(restage(draft), parsed, header)
        file_all([(draft, blanked.place)])
    except QuarantineError as error:
        raise InvalidError(f"The picture can't be blanked: {error} Withhold it.", "regions") from error
    except FileNotFoundError as error:
        raise ConflictError("This picture's file was replaced meanwhile. Load the page again.") from error
    finally:
        discard([draft])
    return blanked


def _write(
    person: Person,
    review_id: int,
    verdict: str,
    regions: Sequence[BlankRegion],
    blanked: _Blanked | None,
    *,
    make_ready: bool,
) -> TextReview:
    with transaction.atomic():
        review = TextReview.objects.select_for_update().get(pk=review_id)
        instance = Instance.objects.select_for_update().get(pk=review.instance_id)
        if review.verdict:
            return _decided_already(review, verdict, regions)
        before = instance.sha256
        if blanked is not None:
            _take_over(instance, blanked)
        withheld = verdict == TextVerdict.WITHHELD
        instance.state = InstanceState.WITHHELD if withheld else InstanceState.RECEIVED
        instance.save()
        review.verdict, review.blanked = verdict, [region.to_json() for region in regions]
        review.decided_by_id, review.decided_at = person.pk, timezone.now()
        review.save(update_fields=["verdict", "blanked", "decided_by", "decided_at"])
        record_audit(
            person,
            "decide_text_review",
            target_kind="instance",
            target_id=instance.sop_instance_uid,
            detail={"verdict": verdict, "regions": len(regions), "sha256": instance.sha256},
        )
        if not withheld and make_ready:
            replaced = [before] if before != instance.sha256 else []
            queue_job(
                person,
                RELEASE_WORK,
                {"instances": [instance.pk], "replaced": replaced},
                title="Making a reviewed picture ready",
                queue="cpu",
            )
    return review


def _take_over(instance: Instance, blanked: _Blanked) -> None:
    picture = blanked.parsed.picture
    instance.sha256, instance.byte_size = blanked.file.sha256, blanked.file.byte_size
    instance.transfer_syntax_uid, instance.header = blanked.parsed.transfer_syntax_uid, blanked.header
    instance.photometric_interpretation = picture.photometric_interpretation
    instance.bits_allocated, instance.bits_stored = picture.bits_allocated, picture.bits_stored
    instance.pixel_representation = picture.pixel_representation

"""Write into each study's row what its series, instances and frames say: how many, how many ready, which modalities."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Q

from annotator.imaging.models import Frame, Instance, InstanceState, Series, Study

COUNTS = ("modalities", "series_count", "instance_count", "ready_count", "failed_count", "frame_count")


def count_studies(study_ids: Iterable[int]) -> None:
    """Count some studies anew, after what changed them was committed.

    The rows are locked first: of two workers that write the same study, the later one counts what both wrote.
    """
    wanted = sorted(set(study_ids))
    if not wanted:
        return
    with transaction.atomic():
        studies = list(Study.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
        modalities: dict[int, set[str]] = defaultdict(set)
        series_counts: dict[int, int] = defaultdict(int)
        for study_id, modality in Series.objects.filter(study__in=wanted).values_list("study", "modality"):
            series_counts[study_id] += 1
            modalities[study_id].add(modality)
        instances = {
            row["series__study"]: row
            for row in Instance.objects.filter(series__study__in=wanted)
            .order_by()
            .values("series__study")
            .annotate(
                every=Count("pk"),
                ready=Count("pk", filter=Q(state=InstanceState.READY)),
                failed=Count("pk", filter=Q(state=InstanceState.FAILED)),
            )
        }
        frames = dict(
            Frame.objects.filter(instance__series__study__in=wanted)
            .order_by()
            .values_list("instance__series__study")
            .annotate(every=Count("pk"))
        )
        for study in studies:
            counted = instances.get(study.pk, {"every": 0, "ready": 0, "failed": 0})
            study.modalities = "\\".join(sorted(name for name in modalities[study.pk] if name))[:200]
            study.series_count = series_counts[study.pk]
            study.instance_count = counted["every"]
            study.ready_count = counted["ready"]
            study.failed_count = counted["failed"]
            study.frame_count = frames.get(study.pk, 0)
        Study.objects.bulk_update(studies, COUNTS, batch_size=500)

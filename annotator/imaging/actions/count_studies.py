"""Write into each study's row what its series, instances and frames say, so that a long catalogue pages at once."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count

from annotator.imaging.catalogue.laterality_doubts import in_doubt
from annotator.imaging.catalogue.name_keys import fold_name
from annotator.imaging.catalogue.search_text import search_text
from annotator.imaging.models import Frame, Instance, InstanceState, Series, Stack, Study

COUNTS = (
    "modalities",
    "body_parts",
    "series_count",
    "instance_count",
    "ready_count",
    "failed_count",
    "review_count",
    "withheld_count",
    "doubt_count",
    "frame_count",
    "cover",
    "patient_key",
    "search_text",
)
MODALITIES_WIDTH, BODY_PARTS_WIDTH = 200, 400


def count_studies(study_ids: Iterable[int]) -> None:
    """Count some studies anew, after what changed them was committed.

    The rows are locked first: of two workers that write the same study, the later one counts what both wrote.
    """
    wanted = sorted(set(study_ids))
    if not wanted:
        return
    with transaction.atomic():
        studies = list(
            Study.objects.select_for_update(of=("self",)).select_related("patient").filter(pk__in=wanted).order_by("pk")
        )
        series = _series_of(wanted)
        instances = _instances_of(wanted)
        frames, covers = _frames_of(wanted)
        doubts = dict(
            Stack.objects.filter(in_doubt(), series__study__in=wanted)
            .order_by()
            .values_list("series__study")
            .annotate(every=Count("pk"))
        )
        for study in studies:
            states = instances[study.pk]
            study.modalities = _listed((one.modality for one in series[study.pk]), MODALITIES_WIDTH)
            study.body_parts = _listed((one.body_part for one in series[study.pk]), BODY_PARTS_WIDTH)
            study.series_count = len(series[study.pk])
            study.instance_count = sum(states.values())
            study.ready_count = states[InstanceState.READY]
            study.failed_count = states[InstanceState.FAILED]
            study.review_count = states[InstanceState.REVIEW]
            study.withheld_count = states[InstanceState.WITHHELD]
            study.doubt_count = doubts.get(study.pk, 0)
            study.frame_count = frames[study.pk]
            study.cover_id = covers.get(study.pk)
            study.patient_key = study.patient.name_key
            study.search_text = search_text(_words_of(study, series[study.pk]))
        Study.objects.bulk_update(studies, COUNTS, batch_size=500)


def _series_of(wanted: list[int]) -> dict[int, list[Series]]:
    by_study: dict[int, list[Series]] = defaultdict(list)
    for one in Series.objects.filter(study__in=wanted).order_by("series_number", "pk"):
        by_study[one.study_id].append(one)
    return by_study


def _instances_of(wanted: list[int]) -> dict[int, dict[str, int]]:
    by_study: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    counted = Instance.objects.filter(series__study__in=wanted).order_by().values_list("series__study", "state")
    for study_id, state, number in counted.annotate(every=Count("pk")):
        by_study[study_id][state] = number
    return by_study


def _frames_of(wanted: list[int]) -> tuple[dict[int, int], dict[int, int]]:
    """By study: how many frames, and which stack has the most ready ones."""
    frames: dict[int, int] = defaultdict(int)
    longest: dict[int, tuple[int, int]] = {}
    counted = (
        Frame.objects.filter(instance__series__study__in=wanted)
        .order_by()
        .values_list("instance__series__study", "instance__stack", "instance__state")
        .annotate(every=Count("pk"))
    )
    for study_id, stack_id, state, number in counted:
        frames[study_id] += number
        # The earlier stack where several are as long.
        if stack_id is not None and state == InstanceState.READY:
            longest[study_id] = max(longest.get(study_id, (0, 0)), (number, -stack_id))
    return frames, {study_id: -stack_id for study_id, (_, stack_id) in longest.items()}


def _listed(names: Iterable[str], width: int) -> str:
    """Each once, in alphabetical order, whole ones only."""
    listed = "\\".join(sorted({name for name in names if name}))
    return listed if len(listed) <= width else listed[: width + 1].rpartition("\\")[0]


def _words_of(study: Study, series: list[Series]) -> list[str]:
    patient = study.patient
    return [
        fold_name(patient.name),
        patient.patient_id,
        study.description,
        study.accession_number,
        study.modalities,
        study.body_parts,
        study.study_instance_uid,
        *(one.description for one in series),
    ]

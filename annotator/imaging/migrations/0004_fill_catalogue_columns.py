"""What the catalogue searches and shows, for the studies that were there before."""

from django.db import migrations
from django.db.models import Count, F, Q

from annotator.imaging.catalogue.name_keys import fold_name
from annotator.imaging.catalogue.search_text import search_text

BATCH = 500


def fill_name_keys(apps, schema_editor):
    patients = apps.get_model("imaging", "Patient").objects.only("pk", "name").order_by("pk")
    for batch in _batches(patients):
        for patient in batch:
            patient.name_key = fold_name(patient.name)
        patients.model.objects.bulk_update(batch, ["name_key"])


def fill_studies(apps, schema_editor):
    get = apps.get_model
    studies = get("imaging", "Study").objects.select_related("patient").order_by("pk")
    for batch in _batches(studies):
        series = {study.pk: [] for study in batch}
        for one in get("imaging", "Series").objects.filter(study__in=batch).order_by("series_number", "pk"):
            series[one.study_id].append(one)
        ready = Count("instances__frames", filter=Q(instances__state="ready"))
        stacks = get("imaging", "Stack").objects.filter(series__study__in=batch).annotate(ready=ready, of=F("series__study"))
        covers = {}
        for stack in stacks.filter(ready__gt=0).order_by("ready", "-pk"):
            covers[stack.of] = stack.pk
        for study in batch:
            patient, own = study.patient, series[study.pk]
            study.cover_id = covers.get(study.pk)
            study.body_parts = "\\".join(sorted({one.body_part for one in own if one.body_part}))[:400]
            study.search_text = search_text(
                [
                    fold_name(patient.name),
                    patient.patient_id,
                    study.description,
                    study.accession_number,
                    study.modalities,
                    study.body_parts,
                    study.study_instance_uid,
                    *(one.description for one in own),
                ]
            )
        studies.model.objects.bulk_update(batch, ["cover", "body_parts", "search_text"])


def _batches(rows):
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ("imaging", "0003_catalogue_columns"),
    ]

    operations = [
        migrations.RunPython(fill_name_keys, migrations.RunPython.noop),
        migrations.RunPython(fill_studies, migrations.RunPython.noop),
    ]

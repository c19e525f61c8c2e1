"""What QIDO-RS matches, for the studies and series that were there before: read from the headers that are kept."""

from django.db import migrations

from annotator.imaging.catalogue.name_keys import fold_name

BATCH = 200


def fill_studies(apps, schema_editor):
    instances = apps.get_model("imaging", "Instance").objects.order_by("pk")
    for batch in _batches(apps.get_model("imaging", "Study").objects.order_by("pk")):
        for study in batch:
            header = instances.filter(series__study=study).values_list("header", flat=True).first() or {}
            study.study_id = _text(header, "00200010", 16)
            study.referring_physician = _text(header, "00080090", 324)
            study.referring_key = fold_name(study.referring_physician)
        type(batch[0]).objects.bulk_update(batch, ["study_id", "referring_physician", "referring_key"])


def fill_series(apps, schema_editor):
    instances = apps.get_model("imaging", "Instance").objects.order_by("pk")
    for batch in _batches(apps.get_model("imaging", "Series").objects.order_by("pk")):
        for series in batch:
            header = instances.filter(series=series).values_list("header", flat=True).first() or {}
            request = next(iter(header.get("00400275", {}).get("Value") or [{}]), None) or {}
            series.performed_date = _text(header, "00400244", 8)
            series.performed_time = _text(header, "00400245", 16)
            series.requested_procedure_id = _text(request, "00401001", 16)
            series.scheduled_step_id = _text(request, "00400009", 16)
        names = ["performed_date", "performed_time", "requested_procedure_id", "scheduled_step_id"]
        type(batch[0]).objects.bulk_update(batch, names)


def _text(header, tag, limit):
    value = next(iter(header.get(tag, {}).get("Value") or [""]), "")
    if isinstance(value, dict):
        value = "=".join(value.get(group, "") for group in ("Alphabetic", "Ideographic", "Phonetic")).rstrip("=")
    return str(value or "")[:limit]


def _batches(rows):
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("imaging", "0005_what_qido_matches"),
    ]

    operations = [
        migrations.RunPython(fill_studies, migrations.RunPython.noop),
        migrations.RunPython(fill_series, migrations.RunPython.noop),
    ]

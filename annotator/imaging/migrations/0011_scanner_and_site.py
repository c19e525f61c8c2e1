"""Which scanner made a series, and where: for the series that were there before, read from the headers that are kept."""

from django.db import migrations, models

BATCH = 200
TAGS = {"manufacturer": "00080070", "manufacturer_model": "00081090", "institution": "00080080"}


def fill_series(apps, schema_editor):
    instances = apps.get_model("imaging", "Instance").objects.order_by("pk")
    rows = apps.get_model("imaging", "Series").objects.order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for series in batch:
            header = instances.filter(series=series).values_list("header", flat=True).first() or {}
            for name, tag in TAGS.items():
                value = next(iter(header.get(tag, {}).get("Value") or [""]), "")
                setattr(series, name, str(value or "")[:64])
        type(batch[0]).objects.bulk_update(batch, list(TAGS))
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("imaging", "0010_study_served_index"),
    ]

    operations = [
        *(
            migrations.AddField(model_name="series", name=name, field=models.CharField(blank=True, max_length=64))
            for name in TAGS
        ),
        migrations.RunPython(fill_series, migrations.RunPython.noop),
    ]

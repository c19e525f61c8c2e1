"""Aims of protocols say a prevalence in percent."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def to_percent(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _convert(apps, "prevalence", "prevalence_percent", 100)


def to_share(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _convert(apps, "prevalence_percent", "prevalence", 0.01)


def _convert(apps: Apps, before: str, after: str, factor: float) -> None:
    studies = apps.get_model("readerstudies", "ReaderStudy").objects
    for study in studies.only("protocol").iterator():
        aim = study.protocol.get("aim", {})
        if before in aim:
            aim[after] = round(aim.pop(before) * factor, 9)
            study.save(update_fields=["protocol"])


class Migration(migrations.Migration):
    dependencies = [("readerstudies", "0009_files_of_reads")]

    operations = [migrations.RunPython(to_percent, to_share, elidable=False)]

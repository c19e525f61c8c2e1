"""SQLite, too, refuses to delete what is frozen; each trigger holds one thing, changes or deletions."""

from django.db import migrations

from annotator.datasets.immutability import guard_releases


class Migration(migrations.Migration):
    dependencies = [("datasets", "0004_exports_of_releases")]

    operations = [migrations.RunPython(guard_releases, migrations.RunPython.noop)]

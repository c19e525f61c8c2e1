import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def mark_as_shipped(apps, _editor):
    # Until now schemas came with the program alone.
    apps.get_model("labels", "LabelSchema").objects.update(origin="shipped")


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("labels", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "labelschema",
            "origin",
            models.CharField(
                choices=[("shipped", "Comes with the program"), ("site", "Made here")], default="site", max_length=8
            ),
        ),
        migrations.AddField(
            "labelschema",
            "published_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "labelschema", "reason", models.TextField(blank=True, help_text="why this version was published")
        ),
        migrations.AddConstraint(
            "labelschema",
            models.CheckConstraint(
                condition=models.Q(("origin__in", ["shipped", "site"])), name="schema_origin_is_known"
            ),
        ),
        migrations.CreateModel(
            name="LabelSchemaDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=64, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("definition", models.JSONField()),
                (
                    "based_on",
                    models.PositiveIntegerField(
                        help_text="the newest version when it was begun; null for a new key", null=True
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ["key"]},
        ),
        migrations.CreateModel(
            name="RetiredSchema",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=64, unique=True)),
                ("reason", models.TextField()),
                ("retired_at", models.DateTimeField(auto_now_add=True)),
                (
                    "retired_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ["key"]},
        ),
        migrations.RunPython(mark_as_shipped, migrations.RunPython.noop),
    ]

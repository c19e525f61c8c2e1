"""The house's rules that no type checker holds: floors, foreign keys, torch, names and lengths of files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from tests.fixtures.product import ROOT

# Lowest first; rooms on one floor don't know each other. The same order as in pyproject.toml.
FLOORS = [
    {"accounts"},
    {"jobs"},
    {"imaging", "labels"},
    {"cases"},
    {"annotations"},
    {"assist"},
    {"readerstudies"},
    {"datasets"},
    {"ml_assist"},
    {"api", "frontend", "demo"},
]
SOURCES = {".py", ".ts", ".html", ".css", ".js", ".mjs"}
VAGUE = re.compile(r"^(utils?|helpers?|common|misc|stuff)\.(py|ts|js|css|html)$")
LONGEST = 600


def floor_of(label: str) -> int | None:
    return next((number for number, rooms in enumerate(FLOORS) if label in rooms), None)


def sources() -> list[Path]:
    """The files that git knows of or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.suffix in SOURCES and path.exists()]


def test_no_room_imports_a_higher_one():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]


def test_foreign_keys_point_only_to_lower_floors():
    looked_at = 0
    wrong = []
    for model in apps.get_models():
        here = floor_of(model._meta.app_label)
        if here is None:
            continue
        for field in model._meta.get_fields():
            if not (field.is_relation and field.concrete and field.related_model):
                continue
            label = field.related_model._meta.app_label
            there = floor_of(label)
            if label == model._meta.app_label or there is None:
                continue
            looked_at += 1
            if there >= here:
                wrong.append(f"{model._meta.label}.{field.name} -> {label}")
    assert wrong == []
    assert looked_at > 10


def test_every_application_of_ours_has_a_floor():
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT / "annotator")}
    assert {label for label in ours if floor_of(label) is None} == set()


@pytest.mark.parametrize("module", ["annotator.config.wsgi", "annotator.config.urls", "annotator.jobs.tasks"])
def test_the_web_process_never_imports_torch(module):
    code = f"""
import django, importlib, sys
django.setup()
importlib.import_module({module!r})
from annotator.jobs.registry import load_all_work
load_all_work()
print(sorted(name for name in sys.modules if name.split(".")[0] in ("torch", "monai")))
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "annotator.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


def test_files_are_named_after_what_they_are():
    assert [str(path.relative_to(ROOT)) for path in sources() if VAGUE.match(path.name)] == []


def test_no_file_is_longer_than_anyone_would_read():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if "migrations" not in path.parts and (lines := len(path.read_text(errors="replace").splitlines())) > LONGEST
    }
    assert long == {}

"""Releases by `manage.py release` and `manage.py export`."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from annotator.accounts.models import User
from annotator.datasets.actions.save_cohort import save_cohort
from annotator.datasets.exporters.stack_pixels import StackPixels
from annotator.datasets.models import Release, ReleaseStack
from tests.annotator.datasets.conftest import MarkedStudies
from tests.annotator.datasets.frozen import frozen_release
from tests.annotator.datasets.released_values import example_stack


def said(person: User, command: str, *words: object) -> str:
    out = io.StringIO()
    call_command(command, *map(str, words), "--user", person.username, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_release_is_made_listed_shown_and_checked(marked_studies: MarkedStudies, data_manager: User, tmp_path: Path):
    save_cohort(data_manager, "Every study", {})
    recipe = tmp_path / "recipe.json"
    recipe.write_text('{"truth": {"submitted_only": false}}')
    made = said(
        data_manager,
        "release",
        "make",
        "Every study",
        "--recipe",
        recipe,
        "--uncertain",
        "ignore",
        "--seed",
        5,
        "--wait",
    ).strip()
    [line] = said(data_manager, "release", "list").splitlines()
    assert line.split("\t")[:4] == [made, "Every study 1", "frozen", "2"]
    shown = json.loads(said(data_manager, "release", "show", "Every study 1"))
    assert (shown["id"], shown["recipe"]["split"]["seed"], shown["recipe"]["truth"]["uncertain"]) == (made, 5, "ignore")
    assert shown["content_hash"]
    assert said(data_manager, "release", "datasheet", made).startswith("#")
    assert "are those that were frozen" in said(data_manager, "release", "check", made)


def test_a_release_made_without_its_choices_says_which(data_manager: User):
    save_cohort(data_manager, "Every study", {})
    with pytest.raises(CommandError, match=r"truth.uncertain: Choose what uncertain answers count as"):
        said(data_manager, "release", "make", "Every study")
    with pytest.raises(CommandError, match="There is no cohort “Other”"):
        said(data_manager, "release", "make", "Other", "--uncertain", "ignore")


def test_releases_are_compared_and_balanced(data_manager: User, radiologist: User, tmp_path: Path):
    frozen_release(data_manager, [example_stack()], cohort="Two words")
    frozen_release(data_manager, [example_stack(), example_stack(patient="p2", split="val")], cohort="Two words")
    lines = said(data_manager, "release", "compare", "Two words 1", "Two words 2").splitlines()
    assert "1  patients added" in lines[0]
    whole = json.loads(said(data_manager, "release", "compare", "Two words 1", "Two words 2", "--json"))
    assert whole["lists"]["stacks_added"][0]["patient"] == "p2"
    report = json.loads(said(data_manager, "release", "balance", "Two words 2", "--figures", tmp_path / "figures"))
    assert report["counts"]["val"]["patients"] == 1
    assert (tmp_path / "figures" / "classes.svg").read_text().startswith("<svg")
    with pytest.raises(CommandError, match="It is not what was frozen"):
        said(data_manager, "release", "check", "Two words 2")
    for name in ("Two words 3", "Two words", "12"):
        with pytest.raises(CommandError, match="There is no release"):
            said(data_manager, "release", "show", name)
    with pytest.raises(CommandError, match="There is no release"):
        said(radiologist, "release", "show", "Two words 2")
    assert said(radiologist, "release", "list") == ""


def test_an_export_goes_to_a_folder_or_a_zip_and_goes_on_after_a_kill(
    release: Release, data_manager: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Mocked: the kill, by an exception that nothing catches while a picture of the second stack is read."""
    whole, cut, packed = tmp_path / "whole", tmp_path / "cut", tmp_path / "packed.zip"
    asked = ("export", "Everything 1", "coco", "--option", "segmentation=rle", "--preprocessing", "halve=true", "--to")
    result = json.loads(said(data_manager, *asked, whole))
    files = files_of(whole)
    assert result["files"] + 1 == len(files)
    for line in files["MANIFEST"].decode().splitlines():
        sha256, name = line.split("  ", 1)
        assert hashlib.sha256(files[name]).hexdigest() == sha256
    assert json.loads(files["release.json"])["export"]["preprocessing"]["halve"] is True
    first, second = ReleaseStack.objects.filter(release=release).order_by("place").values_list("stack_key", flat=True)
    read: list[str] = []
    real = StackPixels.source

    def watched(self: StackPixels, place: int):
        read.append(self.stack.stack_key)
        if self.stack.stack_key == second and first in read:
            raise KeyboardInterrupt
        return real(self, place)

    monkeypatch.setattr(StackPixels, "source", watched)
    with pytest.raises(KeyboardInterrupt):
        said(data_manager, *asked, cut)
    assert not cut.exists(), "nothing lies there before all of it does"
    with pytest.raises(CommandError, match="half-made export of something else"):
        said(data_manager, *asked, cut, "--split", "train")
    read.clear()
    said(data_manager, *asked, cut)
    assert first not in read
    assert files_of(cut) == files
    monkeypatch.undo()
    said(data_manager, *asked, packed)
    with zipfile.ZipFile(packed) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
    with pytest.raises(CommandError, match="is not empty"):
        said(data_manager, *asked, whole)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--option", "colour=1"], "options.colour: There is no option 'colour'"),
        (["--option", "colour"], "'colour' is not NAME=VALUE"),
        (["--split", "holdout"], r"splits\[0\]: This release has no 'holdout'"),
    ],
)
def test_what_cannot_be_exported_is_said(data_manager: User, tmp_path: Path, words: list[str], says: str):
    frozen_release(data_manager, [example_stack()])
    with pytest.raises(CommandError, match=says):
        said(data_manager, "export", "By hand 1", "coco", "--to", tmp_path / "x", *words)
    assert not list(tmp_path.iterdir())


def test_radiologists_export_nothing(data_manager: User, radiologist: User, tmp_path: Path):
    frozen_release(data_manager, [example_stack()])
    with pytest.raises(CommandError, match="There is no release"):
        said(radiologist, "export", "By hand 1", "coco", "--to", tmp_path / "x")

"""Shipped schemas in the tables: idempotent, and never changed under an answer."""

import copy
import dataclasses
import uuid

import pytest
from django.core.management import CommandError, call_command

from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.models import AuditEntry, User
from annotator.annotations.models import Answer
from annotator.cases.models import Case
from annotator.imaging.models import Patient, Study
from annotator.labels.actions.install_schemas import install_schemas, install_shipped_schemas
from annotator.labels.errors import DefinitionError
from annotator.labels.models import LabelSchema
from annotator.labels.queries import all_schemas, current_schemas, schema_by_reference
from annotator.labels.schema import score_answers
from annotator.labels.shipped import shipped_schemas

pytestmark = pytest.mark.django_db


def reworded(version=1):
    schema = next(s for s in shipped_schemas() if s.key == "lesion")
    definition = copy.deepcopy(schema.definition)
    definition["description"] = "Other words"
    return dataclasses.replace(schema, version=version, definition=definition)


def answer_it(schema, answers=None):
    study = Study.objects.create(patient=Patient.objects.create(patient_id="P1"), study_instance_uid="1.2.3")
    case = Case.objects.create(study=study, title="Case", modality="CT")
    reader = User.objects.create_user("reader")
    return Answer.objects.create(id=uuid.uuid4(), case=case, owner=reader, schema=schema, answers=answers or {})


def test_installing_twice_changes_nothing():
    first = install_shipped_schemas()
    before = list(LabelSchema.objects.values())
    second = install_shipped_schemas()
    assert len(first.installed) == len(shipped_schemas())
    assert (second.installed, second.updated) == ((), ())
    assert list(LabelSchema.objects.values()) == before


def test_installing_is_audited_once():
    install_shipped_schemas()
    install_shipped_schemas()
    assert AuditEntry.objects.filter(action="install_schema").count() == len(shipped_schemas())


def test_a_changed_file_updates_a_version_that_nobody_answered():
    install_shipped_schemas()
    assert install_schemas([reworded()]).updated == ("lesion@1",)
    assert schema_by_reference("lesion@1").definition["description"] == "Other words"


def test_a_changed_file_with_an_answered_version_is_refused_and_nothing_changes():
    install_shipped_schemas()
    answer_it(schema_by_reference("lesion@1"))
    with pytest.raises(ConflictError, match="give the changed file a new version"):
        install_schemas([reworded()])
    assert schema_by_reference("lesion@1").definition["description"] != "Other words"


def test_an_answered_version_that_reads_the_same_is_left_alone():
    install_shipped_schemas()
    answer_it(schema_by_reference("lesion@1"))
    assert "lesion@1" in install_shipped_schemas().unchanged


def test_a_new_version_supersedes_and_keeps_the_old_one():
    install_shipped_schemas()
    install_schemas([reworded(version=3)])
    assert [str(s) for s in all_schemas() if s.key == "lesion"] == ["lesion@3"]
    for version in (1, 2):
        assert schema_by_reference(f"lesion@{version}").definition["description"] != "Other words"


def test_what_was_answered_before_an_upgrade_stays_under_its_version_and_is_scored_by_it():
    """BI-RADS of both breasts in one form became an answer for each breast: the old one is read as it was."""
    before = [schema for schema in shipped_schemas() if schema.version == 1]
    install_schemas(before)
    old = answer_it(schema_by_reference("birads-assessment@1"), answers={"right": "2", "left": "4B", "density": "c"})
    score = score_answers(old.schema.definition, old.answers)
    done = install_shipped_schemas()
    assert set(done.unchanged) == {f"{schema.key}@1" for schema in before}
    assert done.updated == ()
    old.refresh_from_db()
    assert str(old.schema) == "birads-assessment@1"
    assert score_answers(old.schema.definition, old.answers) == score
    assert score["category"] == "4B"
    assert [str(s) for s in current_schemas("MG") if s.key == "birads-assessment"] == ["birads-assessment@2"]


def test_a_broken_definition_installs_nothing():
    broken = dataclasses.replace(reworded(), key="broken", definition={"applies_to": "finding"})
    with pytest.raises(DefinitionError):
        install_schemas([reworded(), broken])
    assert not LabelSchema.objects.exists()


@pytest.mark.parametrize(
    ("modality", "body_part", "keys"),
    [
        (
            "US",
            "",
            ["acr-tirads", "birads-assessment-ultrasound", "birads-breast", "birads-ultrasound", "lesion"],
        ),
        ("US", "THYROID", ["acr-tirads", "lesion"]),
        ("US", "breast", ["birads-assessment-ultrasound", "birads-breast", "birads-ultrasound", "lesion"]),
        ("MG", "", ["birads-assessment", "birads-breast", "birads-mammography", "lesion"]),
        ("DBT", "BREAST", ["birads-assessment", "birads-breast", "birads-mammography", "lesion"]),
        ("CT", "HEAD", ["head-ct", "head-ct-slices", "lesion"]),
        ("CT", "CHEST", ["lesion"]),
        ("XX", "", []),
    ],
)
def test_a_case_is_offered_the_schemas_that_fit_it(modality, body_part, keys):
    install_shipped_schemas()
    assert [s.key for s in current_schemas(modality, body_part=body_part)] == keys


@pytest.mark.parametrize("reference", ["lesion@9", "nothing@1", "lesion", "lesion@one", "", "lesion@1@1"])
def test_a_reference_to_no_schema_is_refused_in_words(reference):
    install_shipped_schemas()
    with pytest.raises(InvalidError, match="no label schema") as refused:
        schema_by_reference(reference)
    assert refused.value.path == "schema"


def test_the_command_says_what_it_did(capsys):
    call_command("load_schemas")
    call_command("load_schemas")
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"schemas: {len(shipped_schemas())} installed, 0 updated, 0 already there",
        f"schemas: 0 installed, 0 updated, {len(shipped_schemas())} already there",
    ]


def test_the_command_fails_in_words_when_an_answered_version_changed():
    install_schemas([reworded()])
    answer_it(schema_by_reference("lesion@1"))
    with pytest.raises(CommandError, match="new version"):
        call_command("load_schemas")

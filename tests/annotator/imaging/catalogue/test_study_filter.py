"""What is asked of the catalogue finds what it should, and nothing else."""

from datetime import date
from typing import Any

import pytest

from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.catalogue.study_filter import StudyFilter, StudyOrder, StudyState, ordered
from annotator.imaging.models import Collection, Instance, InstanceState, Series, Stack, Study, Tag
from tests.annotator.case_rows import make_stack, make_study

pytestmark = pytest.mark.django_db


def found(**asked: Any) -> list[str]:
    """Identifiers of the patients whose studies answer."""
    studies = StudyFilter(**asked).apply(Study.objects.all())
    return sorted(studies.values_list("patient__patient_id", flat=True))


@pytest.fixture
def catalogue() -> dict[str, Study]:
    """A head CT, a chest CT with a report's series beside it, an ultrasound without a date; nobody else's words."""
    head = make_study(patient_id="A-1", name="Müller^Jérôme")
    make_stack(head)
    chest = make_study(patient_id="B_2", name="山田^太郎")
    make_stack(chest)
    us = make_study(patient_id="C%3", name="Hong^Gildong=洪^吉洞=홍^길동")
    make_stack(us, modality="US", kind="still", frames=1)
    Series.objects.filter(study=head).update(body_part="HEAD", description="Knochen 1.0")
    Series.objects.filter(study=chest).update(body_part="CHEST")
    Series.objects.create(study=chest, series_instance_uid="1.2.9", modality="SR", body_part="LUNG")
    for study, day, description, accession in (
        (head, "20240102", "CT Schädel nativ", "ACC-77"),
        (chest, "20250615", "Thorax 100%", "ACC-78"),
        (us, "", "Schilddrüse", ""),
    ):
        Study.objects.filter(pk=study.pk).update(study_date=day, description=description, accession_number=accession)
    count_studies([head.pk, chest.pk, us.pk])
    return {"head": head, "chest": chest, "us": us}


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", ["A-1", "B_2", "C%3"]),
        ("muller", ["A-1"]),
        ("JEROME müller", ["A-1"]),
        ("Müller, Jérôme", ["A-1"]),
        ("schadel ct müll", ["A-1"]),
        ("太郎", ["B_2"]),
        ("길동", ["C%3"]),
        ("a-1", ["A-1"]),
        ("acc-7", ["A-1", "B_2"]),
        ("acc-7 thorax", ["B_2"]),
        ("knochen", ["A-1"]),
        ("lung", ["B_2"]),
        ("ho", ["C%3"]),
        ("mu", ["A-1"]),
        ("ng", []),
        ("ong", ["C%3"]),
        ("郎", ["B_2"]),
        ("%", ["B_2", "C%3"]),
        ("_", ["B_2"]),
        ("schadel thorax", []),
        ("\\", ["A-1", "B_2", "C%3"]),
    ],
)
def test_words_are_found_in_any_order_and_writing(words: str, wanted: list[str], catalogue: dict[str, Study]) -> None:
    assert found(words=words) == wanted


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"patient_id": "A-1"}, ["A-1"]),
        ({"patient_id": "A"}, []),
        ({"description": "schädel"}, ["A-1"]),
        ({"description": "thorax"}, ["B_2"]),
        ({"description": "muller"}, []),
        ({"accession_number": "acc-78"}, ["B_2"]),
        ({"modality": "ct"}, ["A-1", "B_2"]),
        ({"modality": "SR"}, ["B_2"]),
        ({"modality": "C"}, []),
        ({"body_part": "lung"}, ["B_2"]),
        ({"body_part": "EA"}, []),
        ({"since": date(2024, 1, 2)}, ["A-1", "B_2"]),
        ({"since": date(2024, 1, 3)}, ["B_2"]),
        ({"until": date(2024, 1, 2)}, ["A-1"]),
        ({"since": date(2024, 1, 2), "until": date(2024, 1, 2)}, ["A-1"]),
        ({"words": "acc", "modality": "CT", "since": date(2025, 1, 1)}, ["B_2"]),
    ],
)
def test_each_field_narrows(asked: dict[str, Any], wanted: list[str], catalogue: dict[str, Study]) -> None:
    assert found(**asked) == wanted


def test_a_modality_is_found_at_every_place_of_several(catalogue: dict[str, Study]) -> None:
    Study.objects.filter(pk=catalogue["us"].pk).update(modalities="MG\\OT\\US")
    for modality in ("MG", "OT", "US"):
        assert found(modality=modality) == ["C%3"]


def test_a_tag_and_a_collection_narrow(catalogue: dict[str, Study]) -> None:
    Tag.objects.create(name="Second look").studies.add(catalogue["head"], catalogue["us"])
    collection = Collection.objects.create(name="Teaching")
    collection.studies.add(catalogue["us"], catalogue["chest"])
    assert found(tag="second LOOK") == ["A-1", "C%3"]
    assert found(collection=collection.pk) == ["B_2", "C%3"]
    assert found(tag="second look", collection=collection.pk) == ["C%3"]
    assert found(tag="second") == []
    assert found(collection=10**9) == []


def test_states_say_how_far_a_study_is(catalogue: dict[str, Study]) -> None:
    def give(name: str, state: InstanceState) -> None:
        instance = Instance.objects.filter(series__study=catalogue[name]).first()
        assert instance is not None
        Instance.objects.filter(pk=instance.pk).update(state=state)
        count_studies([catalogue[name].pk])

    give("head", InstanceState.WITHHELD)
    assert found(state=StudyState.READY) == ["A-1", "B_2", "C%3"]
    give("chest", InstanceState.FAILED)
    give("us", InstanceState.REVIEW)
    assert found(state=StudyState.READY) == ["A-1"]
    assert found(state=StudyState.WAITING) == ["B_2", "C%3"]
    assert found(state=StudyState.FAILED) == ["B_2"]
    assert found(state=StudyState.LOOK) == ["C%3"]
    Stack.objects.filter(series__study=catalogue["head"]).update(laterality="L", laterality_from_pixels="R")
    count_studies([catalogue["head"].pk])
    assert found(state=StudyState.LOOK) == ["A-1", "C%3"]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        (StudyOrder.NEWEST, ["B_2", "A-1", "C%3"]),
        (StudyOrder.OLDEST, ["C%3", "A-1", "B_2"]),
        (StudyOrder.RECEIVED, ["C%3", "B_2", "A-1"]),
    ],
)
def test_studies_are_put_in_order(order: StudyOrder, wanted: list[str], catalogue: dict[str, Study]) -> None:
    in_order = ordered(Study.objects.all(), order).values_list("patient__patient_id", flat=True)
    assert list(in_order) == wanted


@pytest.mark.parametrize("order", list(StudyOrder))
def test_every_order_gives_each_study_one_place(order: StudyOrder) -> None:
    studies = [make_study(patient_id=f"P{number % 2}") for number in range(6)]
    forwards = list(ordered(Study.objects.all(), order).values_list("pk", flat=True))
    backwards = list(ordered(Study.objects.all(), order).reverse().values_list("pk", flat=True))
    assert forwards == backwards[::-1]
    assert set(forwards) == {study.pk for study in studies}


def test_nothing_asked_is_nothing_asked() -> None:
    assert not StudyFilter().asks
    assert StudyFilter(collection=1).asks
    assert not StudyFilter(collection=1).asks_for_more_than_the_collection

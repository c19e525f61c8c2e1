"""QIDO-RS as PS3.18 10.6 has it: required attributes, kinds of matching, pages, warnings, and what is left out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.catalogue.name_keys import fold_name
from annotator.imaging.models import Instance, InstanceState, Patient, Series, Study

Found = Callable[[str], list[str]]


def make_study(number: int, *, name: str, patient_id: str, series: tuple[str, ...] = ("CT",), **fields: Any) -> Study:
    """A study of which each series has one received instance."""
    patient, _ = Patient.objects.get_or_create(
        patient_id=patient_id,
        defaults={"name": name, "name_key": fold_name(name), "birth_date": "19500102", "sex": "F"},
    )
    study = Study.objects.create(patient=patient, study_instance_uid=f"1.2.{number}", **fields)
    for index, modality in enumerate(series, 1):
        row = Series.objects.create(
            study=study, series_instance_uid=f"1.2.{number}.{index}", modality=modality, series_number=index
        )
        make_instance(row, f"1.2.{number}.{index}.1")
    count_studies([study.pk])
    return study


def make_instance(series: Series, uid: str, *, number: int = 1, state: str = InstanceState.RECEIVED) -> Instance:
    return Instance.objects.create(
        series=series,
        sop_instance_uid=uid,
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        sha256=uid,
        source_sha256=uid,
        byte_size=1,
        state=state,
        instance_number=number,
        rows=1,
        columns=1,
        number_of_frames=1,
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        bits_allocated=8,
        bits_stored=8,
        pixel_representation=0,
        header={
            "00080060": {"vr": "CS", "Value": ["CT"]},
            "00080070": {"vr": "LO", "Value": ["Maker"]},
            "00100020": {"vr": "LO", "Value": ["A-1"]},
            "00101010": {"vr": "AS", "Value": ["070Y"]},
            "00180060": {"vr": "DS", "Value": [120.0]},
            "00091010": {"vr": "OB", "BulkDataURI": "bulkdata/00091010"},
        },
    )


@pytest.fixture
def catalogue(db: None) -> None:
    make_study(
        1,
        name="Müller^Jörg^^Dr",
        patient_id="A-1",
        series=("CT", "CT", "SR"),
        study_date="20200110",
        study_time="101530.25",
        accession_number="ACC1",
        description="CHEST 50%_a",
        study_id="S1",
        referring_physician="Brûlé^Anne",
        referring_key=fold_name("Brûlé^Anne"),
    )
    make_study(
        2,
        name="Yamada^Tarou=山田^太郎=やまだ^たろう",
        patient_id="A-2",
        series=("MG",),
        study_date="20200220",
        study_time="1130",
        description="chest",
        study_id="S2",
    )
    make_study(3, name="Mueller^Anna", patient_id="B*3", series=("US",), study_date="", description="CHESTA")
    Series.objects.filter(series_instance_uid="1.2.1.1").update(
        description="Axial", body_part="CHEST", performed_date="20200110", performed_time="1016",
        requested_procedure_id="RP7", scheduled_step_id="SPS8",
    )  # fmt: skip


@pytest.fixture
def found(manager: Client, catalogue: None) -> Found:
    """The last numbers of the studies that a query finds, in the answer's order."""

    def ask(query: str) -> list[str]:
        answer = manager.get(f"/dicomweb/studies?{query}")
        assert answer.status_code in (200, 204), answer.content
        return [study["0020000D"]["Value"][0].rpartition(".")[2] for study in (answer.json() if answer.content else [])]

    return ask


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", "2 1 3"),
        # Dates and times: one, a span, open at either end; rows without one lie in no span.
        ("StudyDate=20200110", "1"),
        ("StudyDate=20200101-20200131", "1"),
        ("StudyDate=20200111-", "2"),
        ("StudyDate=-20200201", "1"),
        ("00080020=20200110-20200220", "2 1"),
        ("StudyTime=1015", "1"),
        ("StudyTime=101530.25", "1"),
        ("StudyTime=113000", "2"),
        ("StudyTime=1015-1130", "2 1"),
        ("StudyTime=113000-", "2"),
        ("StudyTime=-11", "2 1"),
        ("StudyTime=-1016", "1"),
        # Text: case counts, % and _ are themselves.
        ("AccessionNumber=ACC1", "1"),
        ("AccessionNumber=acc1", ""),
        ("StudyDescription=CHEST*", "1 3"),
        ("StudyDescription=CHEST%3F", "3"),
        ("StudyDescription=*50%25_?", "1"),
        ("StudyDescription=*5__a", ""),
        ("StudyDescription=chest", "2"),
        ("StudyDescription=chest%5CCHESTA", "2 3"),
        ("StudyID=S1", "1"),
        ("00200010=S?", "2 1"),
        ("PatientID=A-*", "2 1"),
        ("PatientID=A-1", "1"),
        ("PatientBirthDate=19500102", "2 1 3"),
        ("PatientSex=F&StudyID=S2", "2"),
        # Modalities of any series, each study once.
        ("ModalitiesInStudy=CT", "1"),
        ("ModalitiesInStudy=SR", "1"),
        ("ModalitiesInStudy=CT%5CUS", "1 3"),
        ("ModalitiesInStudy=C*", "1"),
        ("SOPClassesInStudy=1.2.840.10008.5.1.4.1.1.2", "2 1 3"),
        ("StudyInstanceUID=1.2.1,1.2.3,9.9", "1 3"),
        ("StudyInstanceUID=1.2.1%5C1.2.2", "2 1"),
        # Names: without regard to case, any group of them; parts at the end may be missing.
        ("PatientName=MÜLLER^jörg^^dr", "1"),
        ("PatientName=müller^*", "1"),
        ("PatientName=M*ller^*", "1 3"),
        ("PatientName=M?ller^*", "1"),
        ("PatientName=Yamada^Tarou", "2"),
        ("PatientName=山田^太郎", "2"),
        ("PatientName=山*", "2"),
        ("PatientName=Yamada", ""),
        ("PatientName=Yamada*太郎", ""),
        ("PatientName=*%25*", ""),
        ("ReferringPhysicianName=BRÛLÉ^*", "1"),
        # Fuzzy: beginnings of words, in any order, without accents.
        ("fuzzymatching=true&PatientName=jorg mul", "1"),
        ("fuzzymatching=true&PatientName=muller", "1"),
        ("fuzzymatching=true&PatientName=MU", "1 3"),
        ("fuzzymatching=true&PatientName=uller", ""),
        ("fuzzymatching=true&PatientName=taro yam*", "2"),
        ("fuzzymatching=true&PatientName=anna^mue", "3"),
        ("fuzzymatching=true&ReferringPhysicianName=anne bru", "1"),
        ("fuzzymatching=false&PatientName=muller", ""),
        # Everything, and nothing.
        ("PatientName=*&StudyDate=&AccessionNumber=*", "2 1 3"),
        ("emptyvaluematching=true&StudyDate=%22%22", "3"),
        ("PatientID=nobody", ""),
    ],
)
def test_studies_are_matched(found: Found, query: str, numbers: str) -> None:
    assert found(query) == numbers.split()


@pytest.mark.parametrize(
    ("address", "query", "uids"),
    [
        ("series", "", "1.2.1.1 1.2.1.2 1.2.1.3 1.2.2.1 1.2.3.1"),
        ("series", "Modality=CT", "1.2.1.1 1.2.1.2"),
        ("series", "SeriesNumber=2", "1.2.1.2"),
        ("series", "SeriesInstanceUID=1.2.2.1,1.2.3.1", "1.2.2.1 1.2.3.1"),
        ("series", "SeriesDescription=Ax*&BodyPartExamined=CHEST", "1.2.1.1"),
        ("series", "PerformedProcedureStepStartDate=20200101-", "1.2.1.1"),
        ("series", "PerformedProcedureStepStartTime=1016-1017", "1.2.1.1"),
        ("series", "RequestAttributesSequence.RequestedProcedureID=RP7", "1.2.1.1"),
        ("series", "00400275.00400009=SPS?", "1.2.1.1"),
        ("series", "PatientName=yamada*", "1.2.2.1"),
        ("series", "ModalitiesInStudy=SR&Modality=CT", "1.2.1.1 1.2.1.2"),
        ("studies/1.2.1/series", "Modality=SR", "1.2.1.3"),
        ("studies/1.2.2/series", "Modality=CT", ""),
        ("instances", "SOPInstanceUID=1.2.3.1.1", "1.2.3.1.1"),
        ("instances", "InstanceNumber=1&StudyDate=20200110&Modality=SR", "1.2.1.3.1"),
        ("instances", "SOPClassUID=1.2.840.10008.5.1.4.1.1.2&PatientID=A-2", "1.2.2.1.1"),
        ("studies/1.2.1/instances", "", "1.2.1.1.1 1.2.1.2.1 1.2.1.3.1"),
        ("studies/1.2.1/series/1.2.1.2/instances", "", "1.2.1.2.1"),
        ("studies/1.2.1/series/1.2.2.1/instances", "", ""),
    ],
)
def test_series_and_instances_are_matched(
    manager: Client, catalogue: None, address: str, query: str, uids: str
) -> None:
    answer = manager.get(f"/dicomweb/{address}?{query}")
    tag = "00080018" if address.endswith("instances") else "0020000E"

    assert [one[tag]["Value"][0] for one in (answer.json() if answer.content else [])] == uids.split()


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("Wavelength=3", "Wavelength"),
        ("SeriesNumber=3", "SeriesNumber"),
        ("StudyDate=yesterday", "StudyDate"),
        ("StudyDate=-", "StudyDate"),
        ("StudyDate=2020011020200111", "StudyDate"),
        ("StudyTime=10:15", "StudyTime"),
        ("StudyTime=101", "StudyTime"),
        ("StudyInstanceUID=1.2.*", "StudyInstanceUID"),
        ("PatientID=1&PatientID=2", "PatientID"),
        ("limit=-1", "limit"),
        ("offset=x", "offset"),
        ("fuzzymatching=perhaps", "fuzzymatching"),
        ("includefield=Nonsense", "includefield"),
    ],
)
def test_what_cannot_be_matched_is_a_400_that_names_it(manager: Client, query: str, path: str) -> None:
    answer = manager.get(f"/dicomweb/studies?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["path"] == path


def test_a_study_is_described_as_the_table_asks(manager: Client, catalogue: None) -> None:
    (study,) = manager.get("/dicomweb/studies?StudyID=S2").json()

    assert list(study) == sorted(study)
    assert study["00080005"] == {"vr": "CS", "Value": ["ISO_IR 192"]}
    assert study["00080020"] == {"vr": "DA", "Value": ["20200220"]}
    assert study["00080050"] == {"vr": "SH"}
    assert study["00080061"]["Value"] == ["MG"]
    assert study["00081190"]["Value"] == ["http://testserver/dicomweb/studies/1.2.2"]
    assert study["00100010"]["Value"] == [
        {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"}
    ]
    assert (study["00201206"]["Value"], study["00201208"]["Value"]) == ([1], [1])
    assert {"00080030", "00080056", "00080090", "00100020", "00100030", "00100040", "0020000D", "00200010"} <= set(
        study
    )


def test_a_series_holds_its_request_and_the_study_only_where_the_address_names_none(
    manager: Client, catalogue: None
) -> None:
    (anywhere,) = manager.get("/dicomweb/series?SeriesInstanceUID=1.2.1.1").json()
    of_study = manager.get("/dicomweb/studies/1.2.1/series").json()[0]

    assert anywhere["00400275"]["Value"][0]["00401001"]["Value"] == ["RP7"]
    assert anywhere["00081190"]["Value"] == ["http://testserver/dicomweb/studies/1.2.1/series/1.2.1.1"]
    assert anywhere["00201209"]["Value"] == [1]
    assert "00100020" in anywhere
    assert "00100020" not in of_study
    assert of_study["0020000D"]["Value"] == ["1.2.1"]


def test_included_fields_come_from_the_headers_at_their_own_level(manager: Client, catalogue: None) -> None:
    def of(address: str, query: str) -> dict[str, Any]:
        found = manager.get(f"/dicomweb/{address}?limit=1&{query}").json()[0]
        return {
            tag: element["Value"][0] for tag, element in found.items() if tag in ("00080070", "00101010", "00180060")
        }

    age, maker, kvp = ("00101010", "070Y"), ("00080070", "Maker"), ("00180060", 120.0)
    fields = "includefield=PatientAge,Manufacturer&includefield=00180060"
    assert of("studies", "") == of("instances", "") == {}
    assert of("studies", fields) == of("studies", "includefield=all") == dict([age])
    assert of("series", fields) == of("series", "includefield=all") == dict([age, maker])
    assert of("instances", fields) == of("instances", "includefield=all") == dict([age, maker, kvp])
    assert of("instances", "includefield=KVP") == dict([kvp])
    # What another level's rows would tell is told by the header where the answer doesn't hold that level.
    below = manager.get("/dicomweb/studies/1.2.1/series/1.2.1.1/instances?includefield=Modality,PatientID").json()[0]
    assert (below["00080060"]["Value"], below["00100020"]["Value"]) == (["CT"], ["A-1"])
    assert "00091010" not in manager.get("/dicomweb/instances?includefield=all").json()[0]


def test_a_cut_answer_warns_and_says_where_it_goes_on(manager: Client, catalogue: None) -> None:
    first = manager.get("/dicomweb/studies?limit=2")
    rest = manager.get("/dicomweb/studies?limit=2&offset=2")

    assert (len(first.json()), len(rest.json())) == (2, 1)
    assert first["Warning"].startswith("299 http://testserver/dicomweb: There are more results")
    assert "offset=2" in first["Warning"]
    assert "Warning" not in rest
    nothing = manager.get("/dicomweb/studies?offset=3")
    assert (nothing.status_code, nothing.content) == (204, b"")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/dicom+json", 200),
        ("application/json", 200),
        ("*/*", 200),
        ("application/*;q=0.3", 200),
        ('multipart/related; type="application/dicom+xml", application/dicom+json;q=0.5', 200),
        ('multipart/related; type="application/dicom+xml"', 406),
        ("application/dicom+xml", 406),
        ("application/dicom+json;q=0", 406),
    ],
)
def test_attributes_are_json_and_nothing_else(manager: Client, catalogue: None, accept: str, status: int) -> None:
    answer = manager.get("/dicomweb/studies", headers={"Accept": accept})

    assert answer.status_code == status
    assert answer["Content-Type"] == ("application/dicom+json" if status == 200 else "application/problem+json")
    assert manager.get("/dicomweb/studies?accept=application/dicom+json", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("state", [InstanceState.REVIEW, InstanceState.WITHHELD, InstanceState.FAILED])
def test_what_waits_or_is_withheld_is_neither_found_nor_counted(manager: Client, catalogue: None, state: str) -> None:
    Instance.objects.filter(series__study__study_id="S2").update(state=state)
    Instance.objects.filter(sop_instance_uid="1.2.1.3.1").update(state=state)
    count_studies(Study.objects.values_list("pk", flat=True))
    studies = {one["0020000D"]["Value"][0]: one for one in manager.get("/dicomweb/studies").json()}

    assert set(studies) == {"1.2.1", "1.2.3"}
    assert studies["1.2.1"]["00080061"]["Value"] == ["CT"]
    assert (studies["1.2.1"]["00201206"]["Value"], studies["1.2.1"]["00201208"]["Value"]) == ([2], [2])
    series = [one["0020000E"]["Value"][0] for one in manager.get("/dicomweb/series").json()]
    assert series == ["1.2.1.1", "1.2.1.2", "1.2.3.1"]
    instances = [one["00080018"]["Value"][0] for one in manager.get("/dicomweb/instances").json()]
    assert instances == ["1.2.1.1.1", "1.2.1.2.1", "1.2.3.1.1"]
    assert manager.get("/dicomweb/studies/1.2.2/metadata").status_code == 404
    assert manager.get("/dicomweb/studies/1.2.1/series/1.2.1.3/metadata").status_code == 404


@pytest.mark.parametrize("address", ["studies", "series", "instances"])
@pytest.mark.parametrize("query", ["", "includefield=all", "fuzzymatching=true&PatientName=mu&ModalitiesInStudy=CT"])
def test_the_number_of_queries_does_not_grow_with_the_answer(
    manager: Client, catalogue: None, address: str, query: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert manager.get(f"/dicomweb/{address}?{query}").status_code == 200
        return len(asked)

    few = queries()
    for number in range(10, 16):
        make_study(number, name="Mu^A", patient_id=f"C-{number}", series=("CT", "MR"), study_date="20200301")
    assert queries() == few <= 7

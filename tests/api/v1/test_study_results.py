"""Results and reads of studies for programs: what was counted and as of when, files; nothing while results are shut."""

import csv
from io import StringIO

from django.test import Client
from django.urls import reverse

from annotator.accounts.models import AuditEntry, User
from tests.annotator.readerstudies.made_reads import made_read
from tests.annotator.readerstudies.studied import finished_study

BLEED = "head-ct.haemorrhage"


def bleeds(reader: str, item: int, arm: str, step: str):
    said = {"haemorrhage": "present" if item % 2 else "absent"}
    return made_read(reader, item, answers=said, schema="head-ct@1")


def test_a_program_gets_results_and_files_once_the_protocol_opens_them(admin: User) -> None:
    truth = {number: {BLEED: "present" if number < 3 else "absent"} for number in range(1, 5)}
    study = finished_study(admin, readers=2, content=bleeds, truth=truth)
    client = Client()
    client.force_login(admin)
    address = reverse("api-reader-study-results", args=[study.pk])
    found = client.get(address, {"question": BLEED, "positive": ["present"]}).json()
    assert (found["is_current"], found["reads"], found["truths"], found["job"]) == (True, 8, 4, None)
    assert found["plan"]["question"] == BLEED
    assert found["conditions"][0]["readers"][0]["counted"]["true_positives"] == 1
    assert client.get(address, {"part": "lesions"}).json()["conditions"][0]["all_pairs"]["matched"] == 0
    files = {
        name: client.get(reverse("api-reader-study-reads", args=[study.pk, name]), {"question": BLEED})
        for name in ("csv", "json", "imrmc", "rjafroc")
    }
    assert {name: answer.status_code for name, answer in files.items()} == dict.fromkeys(files, 200)
    assert len(list(csv.DictReader(StringIO(files["csv"].content.decode("utf-8-sig"))))) >= 8
    assert "BEGIN DATA:" in files["imrmc"].content.decode()
    assert files["rjafroc"].content.startswith(b"PK")
    assert AuditEntry.objects.filter(action="export_reads", actor=admin).count() == 4
    for bad, path in (({"part": "x"}, "part"), ({"ordered": "maybe"}, "ordered"), ({"truth": "x"}, "results.truth")):
        refused = client.get(address, bad)
        assert (refused.status_code, refused.json()["path"]) == (400, path)
    shut = finished_study(admin, name="Runs", state="running")
    for name, args in (("api-reader-study-results", [shut.pk]), ("api-reader-study-reads", [shut.pk, "csv"])):
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 403
        assert "early" in answer.json()["detail"]

"""An attack on a study's blinding: a reader's session against every address, in every state of the study.

What must not come out is planted as words and identifiers that nothing else holds. The addresses are those of the URL
confs, of the API, the pages, DICOMweb and the frames: one that is added is attacked too.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from annotator.accounts.models import AuditEntry, Role, User
from annotator.annotations.actions.save_annotation import SaveAnnotation, save_annotation
from annotator.annotations.models import Annotation, Answer, Finding
from annotator.assist.models import ModelVersion, Suggestion
from annotator.cases.actions.show_priors import show_priors
from annotator.cases.models import Case
from annotator.imaging.models import Collection, Instance, Intake, IntakeFile, Study, Tag
from annotator.readerstudies.actions.amend_study import withdraw_reader
from annotator.readerstudies.actions.close_study import close_study
from annotator.readerstudies.models import Assignment, ReaderStudy, StudyItem
from annotator.readerstudies.reading_order import own_readings
from tests.annotator.case_rows import frames_of, make_stack
from tests.annotator.readerstudies.studies import (
    AIDED,
    ALONE,
    make_cases,
    make_readers,
    next_reading,
    read_one,
    running,
)
from tests.fixtures.people import make_person

# They end the session, or tell nothing but the API's own description.
WITHOUT = {"sign-out", "api-session", "api-token", "api-schema"}
STATES = ("begun", "one submitted", "between sessions", "withdrawn", "closed")


@dataclass
class Attack:
    """A study with secrets in it, the reader who attacks, and one who must not be found."""

    study: ReaderStudy
    attacker: User
    other: User
    sources: list[Case]
    secrets: dict[str, str]


def addresses(resolver: URLResolver | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Every named address with the converters of its arguments."""
    found = []
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            found += addresses(one)
        elif isinstance(one, URLPattern) and one.name and one.name not in WITHOUT:
            found.append((one.name, dict(one.pattern.converters)))
    return found


def plant(attack: Attack) -> None:
    """Put a word into each place that a reader must not see: headers, the report, names of files, tags, collections."""
    keeper = make_person("keeper", Role.ADMIN)
    intake = Intake.objects.create(source="/inbox/file-secret", requested_by=keeper)
    collection = Collection.objects.create(name="collection-secret", description="collection-secret")
    tag = Tag.objects.create(name="tag-secret")
    for at, case in enumerate(attack.sources):
        Study.objects.filter(pk=case.study_id).update(
            accession_number="ACC-SECRET", referring_physician="Referrer^Secret", search_text="search-secret"
        )
        case.study.tags.add(tag)
        collection.studies.add(case.study)
        for instance in Instance.objects.filter(series__study=case.study):
            # The report's text as a structured report has it, and as comments of the picture.
            text = {"0040A160": {"vr": "UT", "Value": ["report-secret"]}}
            instance.header = {
                **instance.header,
                "00204000": {"vr": "LT", "Value": ["report-secret"]},
                "0040A730": {"vr": "SQ", "Value": [text]},
            }
            instance.save()
            name = f"file-secret-{at}.dcm"
            IntakeFile.objects.create(intake=intake, name=name, path=f"/inbox/{name}", instance=instance)
    finder = ModelVersion.objects.create(name="finder-secret", version="1", task="detection", content_hash="0" * 64)
    for case in Case.objects.filter(copied_from=None):
        Suggestion.objects.create(
            case=case, frame=frames_of(case)[0], model_version=finder, kind="box", points=[[1, 2], [9, 8]], score=0.75
        )


@pytest.fixture
def attack(admin: User, db: None) -> Attack:
    cases, readers = make_cases(4), make_readers(3)
    for at, case in enumerate(cases):
        earlier = Study.objects.create(
            patient=case.study.patient,
            study_instance_uid=f"1.2.999.{at}",
            study_date="20200101",
            description="prior-secret",
        )
        make_stack(earlier, frames=1)
        show_priors(admin, case.pk, most=1)
    attack = Attack(ReaderStudy(), readers[0], readers[1], cases, {})
    plant(attack)
    study = attack.study = running(admin, cases, readers, arms=[ALONE, AIDED])
    for item in StudyItem.objects.filter(study=study):
        item.truth = {"source": "table", "answers": {"bleed.bleed": "truth-secret"}, "note": ""}
        item.save()
    # The other reader has read more, and left words in every kind of thing.
    reading = next_reading(study, attack.other)
    mark = SaveAnnotation(
        id=uuid4(),
        case_id=reading.case_id,
        frame_key=frames_of(reading.case)[0].key,
        kind="point",
        points=[[1, 1]],
        label="mark-secret",
    )
    save_annotation(attack.other, mark)
    Finding.objects.create(
        case=reading.case, owner=attack.other, kind="lesion", number=1, revision=1, name="finding-secret"
    )
    read_one(study, attack.other)
    study.amendments.create(number=1, kind="k", reason="reason-secret", change={}, made_by=admin)
    attack.secrets = {
        "report": "report-secret",
        "file name": "file-secret",
        "collection": "collection-secret",
        "tag": "tag-secret",
        "search text": "search-secret",
        "accession number": "ACC-SECRET",
        "referrer": "Referrer^Secret",
        "patient": "Secret^Patient",
        "patient folded": "secret patient",
        "patient id": "PAT-",
        "batch": "batch-secret",
        "hypothesis": "hypothesis-secret",
        "truth": "truth-secret",
        "earlier study": "prior-secret",
        "amendment": "reason-secret",
        "other reader": attack.other.username,
        "other's mark": "mark-secret",
        "other's finding": "finding-secret",
        **{f"case {at}": str(case.pk) for at, case in enumerate(cases)},
        **{f"study uid {at}": case.study.study_instance_uid for at, case in enumerate(cases)},
        "earlier uid": "1.2.999.",
    }
    return attack


def closed_readings(attack: Attack) -> tuple[Assignment, Assignment]:
    """A later reading of the attacker's, and one of the other's in a case that the attacker hasn't open.

    Readers share a study's cases: which one is read first by whom is drawn, and may be the same.
    """
    own = own_readings(attack.study.pk, attack.attacker.pk)
    open_now = [one.case_id for one in own[:2]]
    return own[3], own_readings(attack.study.pk, attack.other.pk).exclude(case__in=open_now)[0]


def hidden_identifiers(attack: Attack) -> dict[str, list[Any]]:
    """Identifiers to try, by the name of the argument: what there is that isn't open to the attacker."""
    study, source = attack.study, attack.sources[0]
    later, theirs = closed_readings(attack)
    frame = frames_of(source)[0]
    stack = frame.instance.stack
    assert stack is not None
    return {
        "case_id": [source.pk, later.case_id, theirs.case_id],
        "assignment_id": [theirs.pk, later.pk],
        "record_id": [Annotation.objects.get().pk, Finding.objects.get().pk, Answer.objects.all()[0].pk],
        "suggestion_id": [one.pk for one in Suggestion.objects.filter(case__in=[source.pk, theirs.case_id])][:2],
        "study_id": [study.pk, source.study_id],
        "stack_key": [stack.key],
        "key": [frame.key, "bleed"],
        "study": [source.study.study_instance_uid],
        "series": [stack.series.series_instance_uid],
        "instance": [frame.instance.sop_instance_uid],
        "reference": ["bleed@1"],
        "user_id": [attack.other.pk],
        "person_id": [attack.other.pk],
    }


BY_KIND: dict[str, list[Any]] = {
    "UUID": [UUID(int=7)],
    "Int": [1],
    "String": ["bleed"],
    "Slug": ["bleed"],
    "Path": ["x"],
}


def tried(name: str, converters: dict[str, Any], hidden: dict[str, list[Any]]) -> list[str]:
    """Addresses of one name with what there is to try."""
    there: dict[str, list[Any]] = {}
    for argument, converter in converters.items():
        kind = type(converter).__name__.removesuffix("Converter")
        fits = [one for one in hidden.get(argument, ()) if kind != "UUID" or isinstance(one, UUID)]
        fits = [one for one in fits if kind != "Int" or isinstance(one, int)]
        # A slug has no dots.
        fits = [one for one in fits if kind != "Slug" or "." not in str(one)]
        there[argument] = fits or BY_KIND[kind]
    count = max((len(values) for values in there.values()), default=1)
    return [
        reverse(name, kwargs={argument: values[at % len(values)] for argument, values in there.items()})
        for at in range(count)
    ]


def bring(state: str, attack: Attack, admin: User) -> None:
    if state == "one submitted":
        read_one(attack.study, attack.attacker)
    elif state == "between sessions":
        for _ in range(3):
            read_one(attack.study, attack.attacker)
    elif state == "withdrawn":
        withdraw_reader(admin, attack.study.pk, "R01", reason="Left.")
    elif state == "closed":
        close_study(admin, attack.study.pk, reason="Enough.")


def test_a_readers_session_gets_nothing_out_of_a_study_from_any_address(attack: Attack, admin: User) -> None:
    hidden = hidden_identifiers(attack)
    client = Client(raise_request_exception=False)
    client.force_login(attack.attacker)
    every = addresses()
    asked, leaks = 0, []
    for state in STATES:
        bring(state, attack, admin)
        for name, converters in every:
            if state != STATES[0] and not may_change(name, converters):
                continue
            for at, address in enumerate(tried(name, converters, hidden)):
                writes = ("post", "put", "delete") if at == 0 and state == STATES[0] else ()
                for method in ("get", *writes):
                    body = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
                    answer = getattr(client, method)(address, **body)
                    asked += 1
                    leaks += [f"{state}, {method} {address}: {fault}" for fault in faults_of(answer, address, attack)]
    assert asked > 400, asked
    assert leaks == []


def may_change(name: str, converters: dict[str, Any]) -> bool:
    """Whether a study's state can change what an address tells; every other one is asked once."""
    if converters:
        return bool({"case_id", "assignment_id"} & set(converters))
    return any(word in name for word in ("worklist", "cases", "stud"))


def faults_of(answer: Any, address: str, attack: Attack) -> list[str]:
    told = told_by(answer, address)
    faults = [what for what, word in attack.secrets.items() if word in told]
    if answer.status_code >= 500:
        faults.append(f"answers {answer.status_code}")
    if answer.status_code == 200 and not is_private(answer) and address != "/health":
        faults.append("may be kept by others")
    return faults


def told_by(answer: Any, asked: str) -> str:
    """Everything that comes back but what was sent."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    heads = " ".join(f"{name}: {value}" for name, value in answer.items())
    told = f"{heads} {content.decode(errors='replace')}"
    for part in filter(None, asked.replace("?", "/").split("/")):
        told = told.replace(part, "")
    return told


def is_private(answer: Any) -> bool:
    return any(word in answer.get("Cache-Control", "") for word in ("no-store", "private", "no-cache"))


def test_what_is_not_open_and_what_is_not_there_are_answered_alike(attack: Attack) -> None:
    client = Client()
    client.force_login(attack.attacker)
    readings = list(own_readings(attack.study.pk, attack.attacker.pk))
    for place in ("cases/{}", "cases/{}/manifest", "cases/{}/reading"):
        later, source, nothing = (
            client.get("/api/v1/" + place.format(pk)) for pk in (readings[3].case_id, attack.sources[0].pk, uuid4())
        )
        assert later.status_code == source.status_code == nothing.status_code == 404
        assert later.content == source.content == nothing.content


def test_what_is_not_open_takes_as_many_queries_as_what_is_not_there(attack: Attack, admin: User) -> None:
    """The time of a refusal follows from its queries: those that are the same and as many tell nothing by the clock."""
    client = Client()
    client.force_login(attack.attacker)
    later, theirs = closed_readings(attack)
    body = {"data": "{}", "content_type": "application/json"}
    seen = {"headers": {"If-Match": '"1"'}}
    asked: dict[str, tuple[str, list[UUID], dict[str, Any]]] = {
        **{
            f"cases/{{}}{part}": ("get", [later.case_id, theirs.case_id, attack.sources[0].pk], {})
            for part in ("", "/manifest", "/reading", "/review")
        },
        "assignments/{}": ("get", [later.pk, theirs.pk], {}),
        "assignments/{}/submit": ("post", [later.pk, theirs.pk], body),
        "annotations/{}": ("delete", [Annotation.objects.get().pk], seen),
        "findings/{}": ("delete", [Finding.objects.get().pk], seen),
        "answers/{}": ("delete", [Answer.objects.get().pk], seen),
        "suggestions/{}/accept": ("post", [Suggestion.objects.filter(case=attack.sources[0])[0].pk], body),
        "suggestions/{}/undo": ("post", [Suggestion.objects.filter(case=attack.sources[0])[0].pk], body),
    }

    def refusal(method: str, address: str, more: dict[str, Any]) -> tuple[int, bytes, list[str]]:
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(client, method)(f"/api/v1/{address}", **more)
        texts = [re.sub(r"'[^']*'|\b[0-9a-f]{32}\b|\b\d+\b|_x\d+", "?", one["sql"]) for one in queries.captured_queries]
        return answer.status_code, answer.content, texts

    for place, (method, hidden, more) in asked.items():
        status, content, queries = refusal(method, place.format(uuid4()), more)
        assert status in (403, 404), place
        assert queries, place
        for pk in hidden:
            found = refusal(method, place.format(pk), more)
            assert (found[0], found[2]) == (status, queries), place
            assert re.sub(rb"[0-9a-f-]{36}", b"", found[1]) == re.sub(rb"[0-9a-f-]{36}", b"", content), place


def test_the_open_case_tells_neither_arm_nor_batch_nor_how_far_others_are(attack: Attack) -> None:
    client = Client()
    client.force_login(attack.attacker)
    reading = next_reading(attack.study, attack.attacker)
    alone = reading if reading.arm == "alone" else None
    told = [client.get(f"/api/v1/{place}") for place in ("worklist", "me/reader-studies", "cases")]
    told += [client.get(f"/api/v1/cases/{reading.case_id}/{part}") for part in ("manifest", "reading")]
    told += [client.get("/worklist/")]
    for answer in told:
        assert answer.status_code == 200
        text = answer.content.decode()
        assert not [what for what, word in attack.secrets.items() if word in text]
        assert "aided" not in text
    manifest = json.loads(told[3].content)
    assert manifest["case"]["patient"] is None
    assert not any(stack["prior"] for stack in manifest["stacks"])
    assert len(json.loads(told[0].content)["results"]) == 2
    assert json.loads(told[1].content)["studies"][0]["total"] == 4, "of this session, of this reader"
    if alone is not None:
        assert "finder" not in told[4].content.decode()


def test_the_attack_would_find_a_leak(attack: Attack, admin: User) -> None:
    """The same addresses in an admin's session do tell what was planted."""
    client = Client()
    client.force_login(admin)
    page = client.get(f"/api/v1/reader-studies/{attack.study.pk}").content.decode()
    found = {what for what, word in attack.secrets.items() if word in page}
    assert {"batch", "hypothesis", "truth", "case 0"} <= found
    assert AuditEntry.objects.filter(action="launch_study").exists()

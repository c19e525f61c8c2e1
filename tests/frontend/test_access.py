"""Every page, for every role and for nobody: who sees it, who is sent away, and that no page was forgotten here."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from annotator.accounts.models import User
from annotator.cases.actions.install_hangings import install_shipped_hangings
from annotator.imaging.models import Collection, Stack
from annotator.jobs.models import Job
from annotator.labels.drafting import BLANK
from annotator.labels.models import LabelSchema, LabelSchemaDraft
from annotator.readerstudies.models import ReaderStudy
from frontend.pages.urls import urlpatterns
from ml_assist.models import TrainingRun
from tests.annotator.datasets.frozen import frozen_release
from tests.annotator.readerstudies.studied import finished_study
from tests.frontend.conftest import Catalogue, ClientFor

SIGN_IN, REFUSED, GONE = "to sign in", 403, 404
ANYTHING = uuid.UUID(int=7)

# What each page answers to: a radiologist, a data manager, an admin (GET unless the name is in POSTED).
ANSWERS: dict[str, tuple[int, int, int]] = {
    "home": (302, 302, 302),
    "sign-in": (302, 302, 302),
    "sign-out": (302, 302, 302),
    "worklist": (200, REFUSED, REFUSED),
    "next-case": (302, REFUSED, REFUSED),
    "cases": (REFUSED, 200, 200),
    "case": (GONE, 200, 200),
    "case-priors": (REFUSED, 302, 302),
    "studies": (REFUSED, 200, 200),
    "study": (REFUSED, 200, 200),
    "thumbnail": (REFUSED, 200, 200),
    "collections": (REFUSED, 200, 200),
    "collection": (REFUSED, 302, 302),
    "intakes": (REFUSED, 200, 200),
    "intake": (REFUSED, 200, 200),
    "quarantine": (REFUSED, 200, 200),
    "text-reviews": (REFUSED, 200, 200),
    "text-review-frame": (REFUSED, GONE, GONE),
    "text-review-decide": (REFUSED, 302, 302),
    "text-review-layout": (REFUSED, 302, 302),
    "text-review-put-back": (REFUSED, 302, 302),
    "jobs": (REFUSED, 200, 200),
    "job-cancel": (REFUSED, 302, 302),
    "job-retry": (REFUSED, 302, 302),
    "exports": (REFUSED, 200, 200),
    "export-download": (REFUSED, GONE, GONE),
    "cohorts": (REFUSED, 200, 200),
    "cohort": (REFUSED, 200, 200),
    "release": (REFUSED, 200, 200),
    "release-leak": (REFUSED, 302, 302),
    "release-discard": (REFUSED, 302, 302),
    "release-datasheet": (REFUSED, 200, 200),
    "release-fits": (REFUSED, 200, 200),
    "tirads-fit-offer": (REFUSED, GONE, GONE),
    "mark-imports": (REFUSED, 200, 200),
    "mark-import": (REFUSED, GONE, GONE),
    "withdrawals": (REFUSED, 200, 200),
    "trainings": (REFUSED, 200, 200),
    "training": (REFUSED, 200, 200),
    "training-file": (REFUSED, GONE, GONE),
    "training-register": (REFUSED, GONE, GONE),
    "models": (REFUSED, 200, 200),
    "models-look": (REFUSED, 302, 302),
    "model-proposals": (REFUSED, REFUSED, 200),
    "model-proposals-file": (REFUSED, REFUSED, 200),
    "model-promote": (REFUSED, REFUSED, 302),
    "model-anatomy": (REFUSED, REFUSED, 302),
    "assignments": (REFUSED, REFUSED, 200),
    "reader-study-adjudication": (REFUSED, REFUSED, 200),
    "reader-study-protocol": (REFUSED, REFUSED, 200),
    "reader-study-results": (REFUSED, REFUSED, 200),
    "reader-study-reads": (REFUSED, REFUSED, 200),
    "reader-studies": (REFUSED, REFUSED, 200),
    "reader-study": (REFUSED, REFUSED, 200),
    "reader-study-allocation": (REFUSED, REFUSED, 200),
    "training-feedback": (GONE, REFUSED, REFUSED),
    "hangings": (REFUSED, REFUSED, 200),
    "hanging": (REFUSED, REFUSED, 200),
    "hanging-export": (REFUSED, REFUSED, 200),
    "label-schemas": (REFUSED, REFUSED, 200),
    "label-schema": (REFUSED, REFUSED, 200),
    "label-schema-editor": (REFUSED, REFUSED, 200),
    "label-schema-export": (REFUSED, REFUSED, 200),
    "people": (REFUSED, REFUSED, 200),
    "text-size": (302, 302, 302),
    "key-map": (REFUSED, REFUSED, 200),
    "key-map-reveal": (REFUSED, REFUSED, GONE),
    "audit": (REFUSED, REFUSED, 200),
    "calculator-tirads": (200, 200, 200),
    "health": (200, 200, 200),
}
POSTED = {
    "training-register",
    "models-look",
    "model-promote",
    "model-anatomy",
    "text-size",
    "case-priors",
    "sign-out",
    "collection",
    "job-cancel",
    "job-retry",
    "release-leak",
    "release-discard",
    "tirads-fit-offer",
    "key-map-reveal",
    "text-review-decide",
    "text-review-layout",
    "text-review-put-back",
}
FOR_NOBODY = {"sign-in": 200, "sign-out": 302, "calculator-tirads": 200, "health": 200}


def make_own_schema() -> None:
    """A schema that was made here, with a draft of its next version."""
    LabelSchema.objects.get_or_create(key="ours", version=1, defaults={"title": "Ours", "definition": BLANK})
    writer, _ = User.objects.get_or_create(username="writer", defaults={"role": "admin"})
    draft = {"title": "Ours", "definition": BLANK, "based_on": 1, "changed_by": writer}
    LabelSchemaDraft.objects.get_or_create(key="ours", defaults=draft)


def a_training() -> TrainingRun:
    """One that waits for a worker."""
    keeper, _ = User.objects.get_or_create(username="keeper", defaults={"role": "admin"})
    job = Job.objects.create(kind="ml_assist.train_unet")
    return TrainingRun.objects.create(release=frozen_release(keeper, []), config={}, job=job, requested_by=keeper)


def address(name: str, catalogue: Catalogue) -> str:
    if name.startswith("hanging"):
        install_shipped_hangings()
    if name.startswith("label-schema"):
        make_own_schema()
    if name.startswith("release") or name == "cohort":
        keeper, _ = User.objects.get_or_create(username="keeper", defaults={"role": "admin"})
        release = frozen_release(keeper, [])
        of = {"cohort_id": release.cohort_id} if name == "cohort" else {"release_id": release.pk}
        return reverse(name, kwargs=of)
    if name.startswith("reader-study"):
        keeper, _ = User.objects.get_or_create(username="keeper", defaults={"role": "admin"})
        study = ReaderStudy.objects.first() or finished_study(keeper, readers=2, cases=2)
        more = {"format_name": "csv"} if name == "reader-study-reads" else {}
        return reverse(name, kwargs={"study_id": study.pk, **more})
    if name == "training":
        return reverse(name, kwargs={"run_id": a_training().pk})
    arguments: dict[str, dict[str, object]] = {
        "case": {"case_id": catalogue.cases[0].pk},
        "case-priors": {"case_id": catalogue.cases[0].pk},
        "study": {"pk": catalogue.ct.pk},
        "thumbnail": {"stack_key": Stack.objects.filter(series__study=catalogue.ct)[:1].get().key},
        "collection": {"pk": Collection.objects.get_or_create(name="Teaching")[0].pk},
        "intake": {"intake_id": catalogue.intake.pk},
        "text-review-frame": {"pk": 7, "number": 1},
        "text-review-decide": {"pk": 7},
        "text-review-layout": {"pk": 7},
        "text-review-put-back": {"pk": 7},
        "job-cancel": {"job_id": ANYTHING},
        "job-retry": {"job_id": ANYTHING},
        "hanging": {"key": "one"},
        "hanging-export": {"key": "one"},
        "label-schema": {"key": "ours"},
        "label-schema-editor": {"key": "ours"},
        "label-schema-export": {"key": "ours", "version": 1},
        "export-download": {"export_id": ANYTHING},
        "key-map-reveal": {"pk": 7},
        "training-feedback": {"assignment_id": ANYTHING},
        "tirads-fit-offer": {"fit_id": ANYTHING},
        "mark-import": {"import_id": ANYTHING},
        "training-file": {"run_id": ANYTHING, "name": "card.json"},
        "training-register": {"run_id": ANYTHING},
        "model-promote": {"pk": 7},
        "model-anatomy": {"name": "none"},
    }
    return reverse(name, kwargs=arguments.get(name))


def test_every_page_stands_in_the_table_of_answers() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(ANSWERS)


@pytest.fixture
def people(radiologist: User, data_manager: User, admin: User) -> tuple[User, User, User]:
    return radiologist, data_manager, admin


@pytest.mark.usefixtures("plain_viewer")
def test_each_page_answers_each_role_as_the_table_says(
    catalogue: Catalogue, people: tuple[User, User, User], client_for: ClientFor
) -> None:
    wrong = []
    for name, wanted in ANSWERS.items():
        for person, status in zip(people, wanted, strict=True):
            client = client_for(person)
            ask = client.post if name in POSTED else client.get
            got = ask(address(name, catalogue)).status_code
            if got != status:
                wrong.append(f"{name} for {person.username}: {got} instead of {status}")
    assert wrong == []


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page_and_back_afterwards(
    catalogue: Catalogue, client_for: ClientFor
) -> None:

    for name in ANSWERS:
        where = address(name, catalogue)
        answer = Client().post(where) if name in POSTED else Client().get(where)
        if name in FOR_NOBODY:
            assert answer.status_code == FOR_NOBODY[name], name
        else:
            assert answer.status_code == 302, name
            assert answer.headers["Location"] == f"/sign-in/?next={where}", name


def test_a_deactivated_person_sees_no_page(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    User.objects.filter(pk=admin.pk).update(is_active=False)
    answer = client.get("/people/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/")


def test_a_page_for_reading_takes_no_post_and_a_change_no_get(
    admin: User, catalogue: Catalogue, client_for: ClientFor
) -> None:
    client = client_for(admin)
    assert client.post("/audit/").status_code == 405
    assert client.get(address("job-cancel", catalogue)).status_code == 405
    assert client.get("/sign-out/").status_code == 405


def test_changes_without_the_forms_token_are_refused_in_words(admin: User) -> None:

    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    answer = client.post("/people/", {"username": "x"})
    assert answer.status_code == 403
    assert "The page was too old" in answer.content.decode()


def test_a_radiologist_finds_only_the_worklist_in_the_top_bar(radiologist: User, client_for: ClientFor) -> None:
    page = client_for(radiologist).get("/worklist/").content.decode()
    for closed in ("/studies/", "/cases/", "/people/", "/audit/", "/exports/", "/jobs/"):
        assert f'href="{closed}"' not in page


def test_no_page_may_run_a_script_that_stands_in_it(admin: User, client_for: ClientFor) -> None:
    answer = client_for(admin).get("/assignments/")
    rules = dict(rule.strip().partition(" ")[::2] for rule in answer.headers["Content-Security-Policy"].split(";"))
    assert "'unsafe-inline'" not in rules["script-src"]
    for piece in answer.content.decode().split("<script")[1:]:
        assert "src=" in piece.partition(">")[0]


def test_no_page_is_kept_by_the_browser(data_manager: User, catalogue: Catalogue, client_for: ClientFor) -> None:
    answer = client_for(data_manager).get(address("study", catalogue))
    assert "no-store" in answer.headers["Cache-Control"]

"""The pages of a study's results and of its protocol: what an admin reads there, and what is said where nothing is."""

from django.urls import reverse

from annotator.readerstudies.models import AllocationPart, Amendment, ReaderStudy
from tests.annotator.readerstudies.made_reads import made_read
from tests.annotator.readerstudies.studied import finished_study
from tests.frontend.conftest import ClientFor

BLEED = "head-ct.haemorrhage"


def bleeds(reader: str, item: int, arm: str, step: str):
    said = {"haemorrhage": "present" if item % 2 else "absent"}
    boxes = [(5.0 * int(reader[1:]), 5.0, 12.0)] if item % 2 else []
    return made_read(reader, item, arm=arm, step=step, answers=said, schema="head-ct@1", boxes=boxes)


def test_results_have_arms_readers_pairs_lesions_and_warnings(client_for: ClientFor, admin) -> None:
    truth = {number: {BLEED: "present" if number < 4 else "absent"} for number in range(1, 7)}
    arms = [("second <read>", "unaided"), ("second <read>", "final")]
    study = finished_study(admin, cases=6, arms=arms, content=bleeds, truth=truth)
    client = client_for(admin)
    address = reverse("reader-study-results", args=[study.pk])
    page = client.get(address, {"question": BLEED}).content.decode()
    assert "second &lt;read&gt;" in page
    assert "before the model" in page
    assert "R01 and R02" in page
    assert "0.67" in page, "each reader found two of the three cases that bleed"
    assert "3 positive cases: the sensitivity is hardly known" in page
    nothing = client.get(address, {"question": BLEED, "of": BLEED}).content.decode()
    assert "Say which answers count as positive" in nothing
    flattered = client.get(address, {"question": BLEED, "truth": "consensus"}).content.decode()
    assert "upper bound" in flattered
    lesions = client.get(address, {"question": BLEED, "part": "lesions"}).content.decode()
    assert "mean Dice" in lesions
    assert "data-settled" in lesions
    assert client.get(address, {"question": "no.such"}).status_code == 400


def test_a_study_without_reads_says_so_and_one_that_runs_keeps_its_results_shut(client_for: ClientFor, admin) -> None:
    client = client_for(admin)
    empty = finished_study(admin, readers=0, cases=1)
    assert "Nothing to count yet" in client.get(reverse("reader-study-results", args=[empty.pk])).content.decode()
    refused = client.get(reverse("reader-study-reads", args=[empty.pk, "rjafroc"]))
    assert refused.status_code == 400
    running = finished_study(admin, name="Runs", state="running")
    answer = client.get(reverse("reader-study-results", args=[running.pk]))
    assert answer.status_code == 403
    assert "early" in answer.content.decode()


def test_the_protocol_on_paper_has_everything_that_was_fixed_and_what_was_changed(client_for: ClientFor, admin) -> None:
    study = finished_study(admin, readers=2, cases=3, question="Does it <help>?", hypothesis="It does.")
    for reader in study.readers.all():
        AllocationPart.objects.create(
            study=study, reader=reader, entries=[[2, "unaided", 1], [1, "unaided", 1]], sha256="ab" * 32
        )
    Amendment.objects.create(study=study, number=1, kind="cases added", reason="Too few.", change={}, made_by=admin)
    page = client_for(admin).get(reverse("reader-study-protocol", args=[study.pk])).content.decode()
    for words in (
        "Does it &lt;help&gt;?",
        "Fully crossed",
        "R02",
        "2, 1",
        "ab" * 32,
        "cases added",
        "Too few.",
        "head-ct@1",
    ):
        assert words in page, words
    assert "4 readings" in page
    draft = ReaderStudy.objects.create(name="Draft", protocol={}, created_by=admin)
    page = client_for(admin).get(reverse("reader-study-protocol", args=[draft.pk])).content.decode()
    assert "not launched" in page
    assert "Not computed yet" in page


def test_disputed_cases_are_given_to_an_adjudicator_and_taken_back(client_for: ClientFor, admin, radiologist) -> None:
    def reads(reader: str, item: int, arm: str, step: str):
        said = {"haemorrhage": "present" if item == 1 and reader == "R01" else "absent"}
        return made_read(reader, item, arm=arm, step=step, answers=said, schema="head-ct@1")

    study = finished_study(admin, cases=2, content=reads)
    client, address = client_for(admin), reverse("reader-study-adjudication", args=[study.pk])
    page = client.get(address).content.decode()
    assert "1 case to settle, 1 without a disagreement" in page
    assert "R01: Present; R02: Absent; R03: Absent" in page
    assert (
        "Choose disputed cases" in client.post(address, {"adjudicator": radiologist.pk}, follow=True).content.decode()
    )
    given = client.post(address, {"adjudicator": radiologist.pk, "case": ["1"]}, follow=True).content.decode()
    assert "1 case given to the adjudicator" in given
    assert "Take back" in given
    waiting = study.assignments.get(stage="adjudication")
    own = client_for(radiologist).get(reverse("worklist")).content.decode()
    assert "1 of 1 to settle" in own
    assert str(waiting.case_id) in own
    assert "Taken back" in client.post(address, {"back": str(waiting.pk)}, follow=True).content.decode()
    assert client.post(address, {"back": "x"}, follow=True).status_code == 200

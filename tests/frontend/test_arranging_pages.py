"""Tags, collections, priors and sides in doubt on the pages."""

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.imaging.actions.count_studies import count_studies
from annotator.imaging.actions.tag_studies import tag_studies
from annotator.imaging.catalogue.chosen import MOST_CHOSEN
from annotator.imaging.models import Collection, InstanceState, Stack, Study
from frontend.pages import studies as studies_page
from tests.annotator.case_rows import make_stack, make_study
from tests.frontend.conftest import ClientFor


@pytest.fixture
def studies(db: None) -> list[Study]:
    made = [make_study(patient_id=f"PAT-{number}") for number in range(3)]
    for study in made:
        make_stack(study, modality="MG", kind="still", frames=1)
    return made


@pytest.fixture
def client(data_manager: User, client_for: ClientFor) -> Client:
    return client_for(data_manager)


def said(answer: object) -> str:
    return " ".join(str(message) for message in answer.context["messages"])  # type: ignore[attr-defined]


def test_ticked_studies_are_tagged_and_found_by_the_tag(studies: list[Study], client: Client) -> None:
    ticked = [study.pk for study in studies[:2]]
    answer = client.post(
        "/studies/?modality=MG", {"study": ticked, "then": "tag", "tag_name": "Motion, second look"}, follow=True
    )
    assert answer.redirect_chain == [("/studies/?modality=MG", 302)]
    assert said(answer) == "2 studies tagged “Motion”, “second look”."
    assert {study.pk for study in client.get("/studies/?tag=motion").context["page"]} == set(ticked)
    answer = client.post("/studies/", {"study": ticked[:1], "then": "untag", "tag_name": "motion"}, follow=True)
    assert said(answer) == "“motion” taken off 1 study."
    assert [study.pk for study in client.get("/studies/?tag=motion").context["page"]] == ticked[1:]


def test_a_tag_without_a_name_is_refused_in_words(studies: list[Study], client: Client) -> None:
    answer = client.post("/studies/", {"study": [studies[0].pk], "then": "tag", "tag_name": " , "}, follow=True)
    assert said(answer) == "A tag needs a name."


def test_all_that_is_found_is_tagged_at_once_but_never_too_many(
    studies: list[Study], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/studies/?q=PAT-1", {"all_found": "1", "then": "tag", "tag_name": "one"})
    assert [study.pk for study in Study.objects.filter(tags__name="one")] == [studies[1].pk]
    monkeypatch.setattr(studies_page, "MOST_CHOSEN", 2)
    for then in ("tag", "export"):
        answer = client.post("/studies/", {"all_found": "1", "then": then, "tag_name": "many"}, follow=True)
        assert "more than 2 studies" in said(answer)
    assert not Study.objects.filter(tags__name="many").exists()
    assert MOST_CHOSEN == 10_000


def test_a_collection_is_made_filled_opened_emptied_and_deleted(studies: list[Study], client: Client) -> None:
    answer = client.post("/collections/", {"name": "Teaching", "description": "For Mondays"}, follow=True)
    assert "“Teaching” is there" in said(answer)
    collection = Collection.objects.get()
    assert f'href="/studies/?collection={collection.pk}"' in answer.content.decode()
    empty = client.get(f"/studies/?collection={collection.pk}").content.decode()
    assert "Nothing in “Teaching” yet" in empty

    ticked = [study.pk for study in studies[:2]]
    answer = client.post("/studies/", {"study": ticked, "then": "collect", "into": collection.pk}, follow=True)
    assert said(answer) == "2 studies put into “Teaching”."
    opened = client.get(f"/studies/?collection={collection.pk}")
    assert {study.pk for study in opened.context["page"]} == set(ticked)
    assert "For Mondays" in opened.content.decode()

    here = f"/studies/?collection={collection.pk}"
    answer = client.post(here, {"study": ticked[:1], "then": "uncollect", "into": collection.pk}, follow=True)
    assert said(answer) == "1 study taken out of “Teaching”."
    client.post(f"/collections/{collection.pk}/", {"name": "Mondays", "description": ""})
    collection.refresh_from_db()
    assert (collection.name, collection.description) == ("Mondays", "")
    client.post(f"/collections/{collection.pk}/", {"then": "delete"})
    assert not Collection.objects.exists()
    assert "does not exist any more" in client.get(here).content.decode()


def test_what_a_collection_can_not_be_called_stands_at_the_field(client: Client, db: None) -> None:
    client.post("/collections/", {"name": "Teaching"})
    for name in ("teaching", "", "x" * 81):
        answer = client.post("/collections/", {"name": name})
        assert answer.status_code == 400
        assert answer.context["form"].errors["name"]
    assert Collection.objects.count() == 1


def test_putting_into_no_collection_is_refused_in_words(studies: list[Study], client: Client) -> None:
    for into in ("", "x", "9" * 30):
        answer = client.post("/studies/", {"study": [studies[0].pk], "then": "collect", "into": into}, follow=True)
        assert "Choose the collection first" in said(answer)
    answer = client.post("/studies/", {"study": [studies[0].pk], "then": "collect", "into": "77"}, follow=True)
    assert "no collection 77" in said(answer)


def test_one_study_is_tagged_and_collected_on_its_own_page(studies: list[Study], client: Client) -> None:
    here = f"/studies/{studies[0].pk}/"
    collection = Collection.objects.create(name="Teaching")
    client.post(here, {"then": "tag", "tag_name": "motion"})
    client.post(here, {"then": "collect", "into": collection.pk})
    page = client.get(here).content.decode()
    assert 'aria-label="Take off the tag motion"' in page
    assert 'aria-label="Take out of Teaching"' in page
    client.post(here, {"then": "untag", "tag_name": "motion"})
    client.post(here, {"then": "uncollect", "into": collection.pk})
    assert not studies[0].tags.exists()
    assert not collection.studies.exists()
    assert "too old" in said(client.post(here, {"then": "burn"}, follow=True))


def test_other_studies_of_the_patient_stand_on_the_page_with_their_distance(client: Client, db: None) -> None:
    here, earlier, other = make_study(), make_study(), make_study(patient_id="PAT-OTHER")
    Study.objects.filter(pk=here.pk).update(study_date="20240301")
    Study.objects.filter(pk=earlier.pk).update(study_date="20210301", description="Three years before")
    make_stack(earlier)
    page = client.get(f"/studies/{here.pk}/").content.decode()
    assert "3 years earlier" in page
    assert f'href="/studies/{earlier.pk}/"' in page
    assert f'href="/studies/{other.pk}/"' not in page
    earlier.refresh_from_db()
    assert earlier.cover is not None
    assert f"/thumbnails/{earlier.cover.key}" in page
    assert "3 years later" in client.get(f"/studies/{earlier.pk}/").content.decode()


def test_a_side_in_doubt_is_shown_and_settled_with_a_button(studies: list[Study], client: Client) -> None:
    study = studies[0]
    stack = Stack.objects.get(series__study=study)
    Stack.objects.filter(pk=stack.pk).update(laterality="L", laterality_from_pixels="R", view="CC")
    count_studies([study.pk])
    assert "Side in doubt" in client.get("/studies/").content.decode()
    assert [one.pk for one in client.get("/studies/?state=look").context["page"]] == [study.pk]
    page = client.get(f"/studies/{study.pk}/").content.decode()
    assert "The header is right" in page
    assert "The picture is right" in page

    answer = client.post(f"/studies/{study.pk}/", {"then": "pixels", "stack": stack.key}, follow=True)
    assert "The picture is right, the header is wrong" in said(answer)
    stack.refresh_from_db()
    assert stack.laterality_verdict == "pixels"
    assert "Side in doubt" not in client.get("/studies/").content.decode()
    assert "The picture is right</button>" not in answer.content.decode()
    assert "The header is right</button>" in answer.content.decode()


def test_a_side_of_another_study_is_not_settled_here(studies: list[Study], client: Client) -> None:
    stack = Stack.objects.get(series__study=studies[1])
    Stack.objects.filter(pk=stack.pk).update(laterality="L", laterality_from_pixels="R")
    answer = client.post(f"/studies/{studies[0].pk}/", {"then": "pixels", "stack": stack.key}, follow=True)
    assert "no such stack" in said(answer)
    stack.refresh_from_db()
    assert stack.laterality_verdict == ""


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (InstanceState.RECEIVED, "Received, 0 of 1 ready"),
        (InstanceState.READY, "Ready"),
        (InstanceState.FAILED, "1 failed"),
        (InstanceState.REVIEW, "Text to look at: 1"),
        (InstanceState.WITHHELD, "Withheld"),
    ],
)
def test_each_state_is_said_in_words(state: InstanceState, words: str, studies: list[Study], client: Client) -> None:
    studies[0].series.get().instances.update(state=state)
    count_studies([studies[0].pk])
    assert f">{words}</" in client.get("/studies/?q=PAT-0").content.decode()


def test_suggestions_of_tags_come_from_the_catalogue(studies: list[Study], client: Client, data_manager: User) -> None:
    tag_studies(data_manager, [studies[0].pk], name="<motion>")
    page = client.get("/studies/").content.decode()
    assert '<option value="&lt;motion&gt;">1</option>' in page
    assert 'href="?tag=%3Cmotion%3E"' in page

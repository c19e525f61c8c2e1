"""Which studies a cohort's question takes, step by step; on rows alone, all questions over one small world."""

import uuid
from dataclasses import dataclass

import pytest
from django.utils import timezone

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.annotations.models import Annotation, Answer, Finding
from annotator.datasets.actions.save_cohort import save_cohort
from annotator.datasets.cohort_counts import count_cohort
from annotator.datasets.cohort_query import CohortQuery, Pictures
from annotator.datasets.cohort_studies import resolve_cohort, studies_that_match
from annotator.datasets.counted_readings import counted_readings, studies_without_truth
from annotator.datasets.models import FramePrint
from annotator.datasets.pseudonyms import patient_pseudonym, pseudonym
from annotator.datasets.release_content import content_of, stacks_in_order
from annotator.datasets.release_recipe import ReleaseRecipe, Truth
from annotator.datasets.released import ReleasedStack
from annotator.imaging.models import Collection, Frame, Series, Study, Tag
from annotator.labels.models import LabelSchema
from annotator.labels.uncertain import UncertainPolicy
from annotator.readerstudies.models import Assignment, Review
from tests.annotator.case_rows import frames_of, make_case, make_stack, make_study

BOX = [[10.0, 10.0], [30.0, 30.0]]
FAR_BOX = [[40.0, 40.0], [50.0, 50.0]]


@dataclass(frozen=True)
class World:
    """Three patients: `old` (CT, tagged, both read and agree), `new` (CT, both read, disagree), `us` (unread)."""

    old: Study
    new: Study
    us: Study

    def names(self, found: set[int]) -> set[str]:
        return {name for name in ("old", "new", "us") if getattr(self, name).pk in found}


@pytest.fixture
def world(radiologist: User, second_radiologist: User, data_manager: User) -> World:
    made = {}
    for name, modality, date in (("old", "CT", "20200105"), ("new", "CT", "20240105"), ("us", "US", "20240106")):
        study = make_study(patient_id=f"PAT-{name}", name=f"Test^{name}")
        Study.objects.filter(pk=study.pk).update(study_date=date)
        stack = make_stack(
            study, modality=modality, kind="volume" if modality == "CT" else "still", laterality="L", view="CC"
        )
        case = make_case(study, stack, modality=modality)
        made[name] = (study, case)
    Series.objects.filter(study=made["old"][0]).update(manufacturer="Maker", manufacturer_model="One", institution="X")
    made["old"][0].tags.add(Tag.objects.create(name="teaching"))
    kept = Collection.objects.create(name="kept")
    kept.studies.add(made["new"][0])
    schema = LabelSchema.objects.create(key="sure", version=1, title="Sure", definition=DEFINITION)
    for place, (name, points, answer) in enumerate(
        [("old", BOX, {"bleed": "present", "signs": ["a", "b"], "size": 7}), ("new", BOX, {"bleed": "uncertain"})]
    ):
        case = made[name][1]
        for reader in (radiologist, second_radiologist):
            is_second = reader == second_radiologist
            Assignment.objects.create(
                case=case, reader=reader, place=place, state="submitted", submitted_at=timezone.now()
            )
            finding = Finding.objects.create(
                case=case, owner=reader, number=1, kind="mass" if name == "old" else "lesion"
            )
            Annotation.objects.create(
                case=case,
                owner=reader,
                frame=frames_of(case)[0],
                finding=finding,
                kind="box",
                points=FAR_BOX if is_second and name == "new" else points,
            )
            said = {"bleed": "absent"} if is_second and name == "new" else answer
            Answer.objects.create(case=case, owner=reader, schema=schema, answers=said)
    approved = Assignment.objects.get(case=made["old"][1], reader=second_radiologist)
    Review.objects.create(assignment=approved, verdict="approved", reviewer=data_manager)
    return World(*(made[name][0] for name in ("old", "new", "us")))


DEFINITION = {
    "applies_to": "case",
    "modalities": ["CT"],
    "answers": {"type": "object", "properties": {"bleed": {}, "signs": {}, "size": {}}},
    "form": {
        "questions": [
            {
                "name": "bleed",
                "title": "Bleed",
                "kind": "choice",
                "options": [{"value": one, "title": one} for one in ("present", "absent", "uncertain")],
            }
        ]
    },
    "scoring": {"kind": "none"},
}


def answered(**test: object) -> dict[str, object]:
    return {"answers": [{"schema": "sure", "question": "bleed", **test}]}


def test_every_criterion_takes_the_studies_that_meet_it(world: World, radiologist: User, second_radiologist: User):
    patient = patient_pseudonym("", "PAT-us")
    collection = Collection.objects.get().pk
    derived = {"bleed": {"value": "present"}, "group": {"value": "cancer"}}
    Answer.objects.filter(case__study=world.new).update(score={"level": "5", "derived": derived})
    group = {"schema": "sure", "question": "group"}
    for criteria, wanted in (
        ({}, {"old", "new", "us"}),
        ({"modality": "ct"}, {"old", "new"}),
        ({"since": "2021-01-01"}, {"new", "us"}),
        ({"until": "2024-01-05", "modality": "CT"}, {"old", "new"}),
        ({"tags": ["Teaching"]}, {"old"}),
        ({"collections": [collection]}, {"new"}),
        ({"manufacturer": "maker", "manufacturer_model": "one", "site": "x"}, {"old"}),
        ({"manufacturer": "maker", "manufacturer_model": "two"}, set()),
        ({"views": ["LCC"]}, {"old", "new", "us"}),
        ({"views": ["LCC", "RCC"]}, set()),
        ({"readers": [radiologist.username]}, {"old", "new"}),
        ({"minimum_readers": 2}, {"old", "new"}),
        ({"minimum_readers": 3}, set()),
        ({"reading": "approved"}, {"old"}),
        ({"reading": "approved", "readers": [radiologist.username]}, set()),
        ({"marked": False}, {"us"}),
        ({"mark_kinds": ["box", "mask"]}, {"old", "new"}),
        ({"finding_kinds": ["mass"]}, {"old"}),
        (answered(is_one_of=["present"]), {"old"}),
        (answered(is_one_of=["present", "absent"]), {"old", "new"}),
        (answered(is_one_of=["uncertain"]) | {"readers": [second_radiologist.username]}, set()),
        (answered(answered=True), {"old", "new"}),
        ({"answers": [{"schema": "sure", "question": "signs", "includes": "b"}]}, {"old"}),
        ({"answers": [{"schema": "sure", "question": "signs", "answered": False}]}, {"new"}),
        ({"answers": [{"schema": "sure", "question": "size", "at_least": 5, "at_most": 7}]}, {"old"}),
        ({"answers": [{"schema": "sure", "question": "size", "at_least": 8}]}, set()),
        (answered(member="derived", is_one_of=["present"]), {"new"}),
        (answered(member="known", is_one_of=["present"]), {"old"}),
        ({"answers": [group | {"member": "known", "is_one_of": ["cancer"]}]}, {"new"}),
        ({"answers": [group | {"member": "answers", "answered": True}]}, set()),
        ({"answers": [{"schema": "sure", "question": "level", "member": "score", "is_one_of": ["5"]}]}, {"new"}),
        ({"minimum_dice": 0.5}, {"old"}),
        ({"minimum_equal": 0.9}, {"old"}),
        ({"studies": [world.us.study_instance_uid]}, {"us"}),
        ({"patients": [patient]}, {"us"}),
    ):
        found = studies_that_match(CohortQuery.from_json({"criteria": criteria}).criteria)
        assert world.names(found) == wanted, criteria


def test_exclusions_go_in_order_and_the_chart_counts_what_each_took(world: World, data_manager: User):
    query = {
        "exclusions": [
            {"reason": "Ultrasound", "criteria": {"modality": "US"}},
            {"reason": "Old", "criteria": {"until": "2021-01-01"}},
            {"reason": "Nothing of this", "criteria": {"modality": "US"}},
        ],
        "groups": [{"name": "bleed", "criteria": answered(is_one_of=["uncertain"])}],
    }
    resolved = resolve_cohort(CohortQuery.from_json(query))
    assert world.names(set(resolved.studies)) == {"new"}
    assert [(step.reason, step.excluded.studies, step.left.studies) for step in resolved.flow.steps] == [
        ("Ultrasound", 1, 2),
        ("Old", 1, 1),
        ("Nothing of this", 0, 1),
    ]
    assert resolved.flow.start.images == 9
    assert resolved.flow.groups[0][1].patients == 1
    counted = count_cohort(data_manager, {"groups": query["groups"]}, truth={"uncertain": "soft"})
    assert [step.reason for step in counted.flow.steps] == ["No submitted reading", "In none of the groups"]
    assert (counted.readings, counted.readers) == (2, 2)
    shares = {(one.kind, one.name, one.value): one.share for one in counted.prevalence}
    assert shares["answer", "sure.bleed", "uncertain"] == 1.0
    assert shares["finding", "", "lesion"] == 1.0


def test_whose_readings_count(world: World, radiologist: User, second_radiologist: User):
    studies = [world.old.pk, world.new.pk, world.us.pk]

    def readers(**chosen: object) -> dict[str, set[str]]:
        truth = ReleaseRecipe.from_json({"truth": {"uncertain": "ignore", **chosen}}).truth
        names = {radiologist.pk: "first", second_radiologist.pk: "second"}
        found = counted_readings(truth, studies)
        by_study = {study.cases.get().pk: name for name, study in (("old", world.old), ("new", world.new))}
        return {by_study[case]: {names[one] for one in some} for case, some in found.items()}

    both = {"first", "second"}
    assert readers() == {"old": both, "new": both}
    assert readers(whose="reader", reader=radiologist.username) == {"old": {"first"}, "new": {"first"}}
    assert readers(whose="consensus") == {"old": both, "new": both}
    assert readers(whose="consensus", minimum_readers=3) == {}
    assert readers(whose="adjudicated") == {"old": {"second"}}
    assert readers(whose="adjudicated", reader=radiologist.username) == {"old": {"first"}, "new": {"first"}}
    Assignment.objects.filter(case__study=world.new).update(state="opened", submitted_at=None)
    assert readers() == {"old": both}
    assert readers(submitted_only=False) == {"old": both, "new": both}
    truth = Truth(UncertainPolicy.IGNORE)
    assert world.names(studies_without_truth(truth, studies)) == {"new", "us"}


def test_a_release_holds_what_its_truth_says(world: World, radiologist: User, second_radiologist: User):
    for frame in Frame.objects.select_related("instance"):
        FramePrint.objects.create(
            frame=frame, instance_sha256=frame.instance.sha256, pixel_hash="0" * 64, thumbnail=bytes(256)
        )
    places = stacks_in_order([world.old.pk, world.new.pk], Pictures())

    def held(**chosen: object) -> dict[str, ReleasedStack]:
        truth = ReleaseRecipe.from_json({"truth": {"uncertain": "soft", **chosen}}).truth
        stacks = content_of(places, truth, report=lambda done: None).stacks
        return {
            name: one
            for name in ("old", "new")
            for one in stacks
            if one.study_uid == getattr(world, name).study_instance_uid
        }

    every = held()
    assert [(len(one.marks), len(one.findings), len(one.answers)) for one in every.values()] == [(2, 2, 2)] * 2
    assert {answer.targets["bleed"] for answer in every["new"].answers} == {0.5, 0.0}
    joined = held(whose="consensus")
    [mark], [finding], [answer] = joined["old"].marks, joined["old"].findings, joined["old"].answers
    assert (mark.reader, len(mark.readers), mark.agreement, mark.finding) == ("consensus", 2, 1.0, finding.id)
    assert (answer.answers, answer.targets) == ({"bleed": "present"}, {"bleed": 1.0})
    [tied] = joined["new"].answers
    assert (joined["new"].marks, tied.answers, tied.tied) == ((), {}, ("bleed",))
    one = held(whose="reader", reader=radiologist.username)
    assert {mark.reader for stack in one.values() for mark in stack.marks} == {
        pseudonym("reader", radiologist.username)
    }
    assert len(held(whose="adjudicated")["new"].marks) == 0
    assert len(held(schemas=["other"])["old"].answers) == 0


def test_a_cohort_is_kept_as_it_was_asked_and_faults_are_named_by_their_path(data_manager: User, radiologist: User):
    query = {"criteria": {"modality": "CT", "tags": ["a"]}, "exclusions": [{"reason": "x", "criteria": {"words": "y"}}]}
    cohort = save_cohort(data_manager, " Head  CT ", query, words={"purpose": "To learn"})
    assert (cohort.name, cohort.words) == ("Head CT", {"purpose": "To learn"})
    assert CohortQuery.from_json(cohort.query).to_json() == cohort.query
    with pytest.raises(ConflictError):
        save_cohort(data_manager, "head ct", {})
    for wrong, path in (
        ({"criteria": {"modalty": "CT"}}, "query.criteria.modalty"),
        ({"criteria": {"since": "yesterday"}}, "query.criteria.since"),
        ({"criteria": {"since": "2024-02-01", "until": "2024-01-01"}}, "query.criteria.since"),
        ({"exclusions": [{"reason": "", "criteria": {"words": "y"}}]}, "query.exclusions[0].reason"),
        ({"exclusions": [{"reason": "all", "criteria": {}}]}, "query.exclusions[0].criteria"),
        ({"criteria": {"answers": [{"schema": "s", "question": "q"}]}}, "query.criteria.answers[0].question"),
        ({"criteria": {"minimum_dice": float("nan")}}, "query.criteria.minimum_dice"),
        ({"groups": [{"name": "a", "criteria": {}}, {"name": "A", "criteria": {}}]}, "query.groups"),
        ([], "query"),
    ):
        with pytest.raises(InvalidError) as fault:
            save_cohort(data_manager, "Other", wrong)  # type: ignore[arg-type]
        assert fault.value.path == path
    with pytest.raises(NotAllowedError):
        count_cohort(radiologist, {})
    assert uuid.UUID(str(cohort.pk))


@pytest.mark.parametrize(
    ("recipe", "path"),
    [
        ({"truth": {"uncertain": "maybe"}}, "truth.uncertain"),
        ({"truth": {"uncertain": "soft", "whose": "reader"}}, "truth.reader"),
        ({"truth": {"uncertain": "soft", "whose": "consensus", "submitted_only": False}}, "truth.submitted_only"),
        ({"truth": {"uncertain": "soft"}, "split": {"fractions": [0.5, 0.5]}}, "split.fractions"),
        ({"truth": {"uncertain": "soft"}, "split": {"fractions": [0.5, 0.5, 0.5]}}, "split.fractions"),
        ({"truth": {"uncertain": "soft"}, "split": {"folds": 1}}, "split.folds"),
        ({"truth": {"uncertain": "soft"}, "split": {"stratify_by": ["moon"]}}, "split.stratify_by[0]"),
        ({"truth": {"uncertain": "soft"}, "leaks": {"bits": 64}}, "leaks.bits"),
        ({"truth": {"uncertain": "soft"}, "seed": 3}, "seed"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused_by_its_path(recipe: dict[str, object], path: str):
    with pytest.raises(InvalidError) as fault:
        ReleaseRecipe.from_json(recipe)
    assert fault.value.path == path


def test_a_recipe_comes_back_from_json_as_it_went():
    recipe = ReleaseRecipe.from_json({"truth": {"uncertain": "soft", "schemas": ["a"]}, "split": {"folds": 5}})
    assert ReleaseRecipe.from_json(recipe.to_json()) == recipe
    assert recipe.split.sides == ("fold-1", "fold-2", "fold-3", "fold-4", "fold-5")

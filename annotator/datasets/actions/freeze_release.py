"""Make a release immutable: content, split, leak check, hash; one row a stack, then one transaction that seals it.

Run again after a kill it begins anew with what is known by then (prints of frames are kept), or finds itself sealed.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, RoomError
from annotator.accounts.models import User
from annotator.datasets.balance import Balance
from annotator.datasets.cohort_query import CohortQuery
from annotator.datasets.cohort_studies import Resolved, chunks, resolve_cohort, studies_that_match
from annotator.datasets.counted_readings import studies_without_truth, why_without_truth
from annotator.datasets.datasheet import datasheet_of
from annotator.datasets.flow_chart import FlowChart, FlowCounts
from annotator.datasets.freeze_parts import (
    Strata,
    demographics_of,
    identities_of,
    model_versions_of,
    people_of,
    pictures_of,
)
from annotator.datasets.leak_check import Judged, LeakPair, same_people, same_pictures, together
from annotator.datasets.models import Cohort, PatientSide, Release, ReleaseStack, Withdrawal
from annotator.datasets.pseudonyms import pseudonym
from annotator.datasets.release_content import content_of, in_chunks, stacks_in_order
from annotator.datasets.release_recipe import ReleaseRecipe, SplitPlan, Truth
from annotator.datasets.release_rows import content_hash_of, released_stacks, row_of
from annotator.labels.models import LabelSchema
from annotator.statistics.stratified_split import SplitError, stratified_split

Report = Callable[[int, str], None]


class NothingToFreezeError(RoomError):
    """The cohort has no study left."""


class LeakError(RoomError):
    """Two sides share something; the release stays a draft that names it."""


def freeze_release(release_id: uuid.UUID, *, report: Report) -> dict[str, object]:
    """Freeze a requested release.

    Parameters
    ----------
    report : called with percent and what is being done; may raise to cancel.

    Returns
    -------
    Its number, content hash and counts.

    Raises
    ------
    NothingToFreezeError, LeakError, UnreadablePictureError : in words that say what to do.
    ConflictError : the release was discarded.
    """
    release = Release.objects.select_related("cohort", "requested_by").filter(pk=release_id).first()
    if release is None:
        raise ConflictError("This release was discarded.")
    if release.frozen_at is None:
        _Freeze(release, report).run()
    counts = release.header["counts"]
    return {"number": release.number, "content_hash": release.content_hash, "counts": counts}


def resolve_for(query: CohortQuery, truth: Truth) -> Resolved:
    """A cohort with what its truth takes out, as a freeze has it: for live counts, too."""
    if truth.unread:
        return resolve_cohort(query)
    unread: set[int] = set()
    for part in chunks(sorted(studies_that_match(query.criteria))):
        unread |= studies_without_truth(truth, part)
    return resolve_cohort(query, further=[(why_without_truth(truth), unread)])


class _Freeze:
    def __init__(self, release: Release, report: Report) -> None:
        self._release = release
        self._report = report
        recipe = dict(release.recipe)
        self._query = CohortQuery.from_json(recipe.pop("query"))
        self._recipe = ReleaseRecipe.from_json(recipe)
        self._judged = [Judged.from_json(one) for one in release.cohort.judged]
        self._schemas: set[int] = set()
        self._owners: set[int] = set()
        self._models: set[int] = set()

    def run(self) -> None:
        release = self._release
        self._report(0, "choosing studies")
        ReleaseStack.objects.filter(release=release).delete()
        Release.objects.filter(pk=release.pk).update(leaks=[])
        resolved = resolve_for(self._query, self._recipe.truth)
        if not resolved.studies:
            raise NothingToFreezeError("No study is left of this cohort. Look at its exclusions and its truth.")
        strata = self._write_content(resolved)
        self._report(72, "splitting patients")
        sides = self._split(strata)
        self._report(76, "looking for leaks")
        self._stop_at_leaks(resolved, sides)
        self._report(90, "counting")
        balance = Balance(self._recipe.split.sides)
        categories: set[str] = set()
        labels: set[str] = set()
        for stack in released_stacks(release):
            balance.add(stack)
            for mark in stack.marks:
                (labels if mark.kind == "slices" else categories).add(
                    mark.label if mark.kind == "slices" else mark.category
                )
        self._report(96, "sealing")
        self._describe(resolved, balance, categories, labels, sides)
        self._seal(sides)

    def _write_content(self, resolved: Resolved) -> dict[str, str]:
        """Write a row a stack; patient -> stratum."""
        places = stacks_in_order(resolved.studies, self._query.pictures)
        every = sum(place.frames for place in places)
        strata = Strata(self._recipe.split)
        done = written = 0
        for chunk in in_chunks(places):

            def progress(frames: int, before: int = done) -> None:
                self._report(2 + 68 * (before + frames) // every, f"picture {before + frames:,} of {every:,}")

            content = content_of(chunk, self._recipe.truth, report=progress)
            rows = []
            for place, stack in zip(chunk, content.stacks, strict=True):
                rows.append(row_of(self._release, written, stack))
                strata.add(stack, resolved.groups.get(place.study, ""))
                written += 1
            ReleaseStack.objects.bulk_create(rows, batch_size=100)
            self._schemas |= content.schemas
            self._owners |= content.owners
            self._models |= content.model_versions
            done += sum(place.frames for place in chunk)
            progress(0, done)
        return strata.strata()

    def _split(self, strata: dict[str, str]) -> dict[str, str]:
        plan: SplitPlan = self._recipe.split
        kept = dict(
            PatientSide.objects.filter(cohort=self._release.cohort, scheme=plan.scheme).values_list("patient", "side")
        )
        try:
            sides = stratified_split(
                strata, plan.sides, plan.parts, seed=plan.seed, kept=kept, together=together(self._judged)
            )
        except SplitError as error:
            raise LeakError(str(error)) from error
        for side in plan.sides:
            for part in chunks(sorted(patient for patient, where in sides.items() if where == side), 500):
                ReleaseStack.objects.filter(release=self._release, patient__in=part).update(split=side)
        return sides

    def _stop_at_leaks(self, resolved: Resolved, sides: dict[str, str]) -> None:
        found: list[LeakPair] = same_people(list(identities_of(resolved.studies, sides)), self._judged)
        if self._recipe.leaks.near_duplicates:
            found += same_pictures(pictures_of(self._release), self._recipe.leaks, self._judged)
        if not found:
            return
        Release.objects.filter(pk=self._release.pk).update(leaks=[pair.to_json() for pair in found])
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise LeakError(
            f"Not frozen: {found[0].words}{more} Put both patients on one side, exclude one, or say that they are "
            "different; then freeze again."
        )

    def _describe(
        self, resolved: Resolved, balance: Balance, categories: set[str], labels: set[str], sides: dict[str, str]
    ) -> None:
        release = self._release
        counts = balance.counts()
        order = [side for side in self._recipe.split.sides if side in counts]
        splits = tuple(
            (side, FlowCounts(counts[side]["patients"], counts[side]["studies"], counts[side]["frames"]))
            for side in order
        )
        flow: FlowChart = resolved.flow.with_splits(splits)
        schemas = LabelSchema.objects.filter(pk__in=self._schemas).order_by("key", "version")
        readers = {pseudonym("reader", name) for name in self._usernames()}
        release.header = {
            "splits": list(self._recipe.split.sides),
            "categories": sorted(categories),
            "labels": sorted(labels),
            "schemas": {str(schema): schema.definition for schema in schemas},
            "readers": sorted(readers),
            "counts": counts,
        }
        release.flow = flow.to_json()
        release.balance = balance.report() | demographics_of(resolved.studies, sides)
        release.people = people_of(release, self._owners, resolved.studies)
        release.model_versions = model_versions_of(self._models)
        release.content_hash = content_hash_of(release)

    def _usernames(self) -> list[str]:

        return list(User.objects.filter(pk__in=self._owners).values_list("username", flat=True))

    def _seal(self, sides: dict[str, str]) -> None:
        release = self._release
        scheme = self._recipe.split.scheme
        with transaction.atomic():
            # Two releases of one cohort that end together get two numbers, and patients one side.
            cohort = Cohort.objects.select_for_update().get(pk=release.cohort_id)
            kept = dict(PatientSide.objects.filter(cohort=cohort, scheme=scheme).values_list("patient", "side"))
            moved = sorted(patient for patient, side in sides.items() if kept.get(patient, side) != side)
            if moved:
                raise ConflictError(
                    f"Another release of this cohort was frozen meanwhile and put {moved[0]} on another side. "
                    "Freeze again: it will keep those sides."
                )
            if Withdrawal.objects.filter(patient__in=sides, at__gte=release.created_at).exists():
                raise ConflictError("A patient withdrew while this was being frozen. Freeze again, without them.")
            PatientSide.objects.bulk_create(
                [
                    PatientSide(cohort=cohort, scheme=scheme, patient=patient, side=side)
                    for patient, side in sides.items()
                    if patient not in kept
                ],
                batch_size=500,
            )
            release.number = (Release.objects.filter(cohort=cohort).aggregate(last=Max("number"))["last"] or 0) + 1
            release.frozen_at = timezone.now()
            release.datasheet = datasheet_of(_facts(release))
            release.save()
            record_audit(
                release.requested_by,
                "freeze_release",
                target_kind="release",
                target_id=release.pk,
                detail={"cohort": cohort.name, "number": release.number, "content_hash": release.content_hash},
            )


def _facts(release: Release) -> dict[str, Any]:
    """What the datasheet is filled from."""
    return {
        "cohort": release.cohort.name,
        "description": release.cohort.description,
        "words": release.cohort.words,
        "number": release.number,
        "title": release.title,
        "frozen_on": f"{release.frozen_at:%Y-%m-%d}",
        "content_hash": release.content_hash,
        "recipe": release.recipe,
        "header": release.header,
        "flow": release.flow,
        "balance": release.balance,
        "people": release.people,
        "model_versions": release.model_versions,
    }

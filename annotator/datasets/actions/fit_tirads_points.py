"""Fit TI-RADS points to a release: asked for, done by a job, offered to the schemas as a draft."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, RoomError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.datasets.diagnosed_nodules import FoundNodules, Table, TiradsSettings, diagnosed_nodules
from annotator.datasets.models import DiagnosisTable, Release, TiradsFit
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.release_queries import frozen_release_for
from annotator.datasets.release_rows import released_stacks
from annotator.jobs.actions.queue_job import queue_job
from annotator.jobs.models import JobState
from annotator.labels.actions.edit_draft import make_draft
from annotator.labels.drafting import open_for_editing
from annotator.labels.errors import AnswerError
from annotator.labels.models import LabelSchemaDraft
from annotator.labels.tirads_evaluation import Evaluation, Performance, fit_tirads

WORK = "datasets.fit_tirads"
Report = Callable[[int, str], None]


class FitError(RoomError):
    """The release's nodules don't let points be fitted; the message says why."""


def request_tirads_fit(person: User, release_id: uuid.UUID, settings: dict[str, Any]) -> TiradsFit:
    """Check what is asked, file it, queue its job.

    Parameters
    ----------
    settings : TiradsSettings as JSON.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    NotFoundError, ConflictError : there is no such release, or it isn't frozen.
    InvalidError : with the path of the fault.
    """
    if not may_manage_datasets(person):
        raise NotAllowedError("Points are fitted by data managers and admins.")
    release = frozen_release_for(person, release_id)
    chosen = TiradsSettings.from_json(settings)
    schema_of(release, chosen.schema)
    if chosen.table:
        _table(chosen.table)
    elif not any(name.partition("@")[0] == chosen.diagnosis_schema for name in release.header["schemas"]):
        raise InvalidError(f"Nothing of this release was answered in {chosen.diagnosis_schema!r}.", "diagnosis_schema")
    unknown = set(chosen.training) - set(release.header["splits"])
    if unknown:
        raise InvalidError(f"This release has no side {', '.join(sorted(unknown))}.", "training")
    fit_id = uuid.uuid4()
    with transaction.atomic():
        job = queue_job(person, WORK, {"fit": str(fit_id)}, title=f"Fit points to “{release.title}”")
        fit = TiradsFit.objects.create(
            id=fit_id, release=release, chosen=chosen.to_json(), job=job, requested_by=person
        )
        record_audit(
            person, "request_tirads_fit", target_kind="release", target_id=release.pk, detail={"settings": fit.chosen}
        )
    return fit


def fit_tirads_points(fit_id: uuid.UUID, *, report: Report) -> dict[str, object]:
    """Do what was asked for; run again it gives the same.

    Returns
    -------
    Counts of nodules and the areas under the curve on the held-out patients.

    Raises
    ------
    FitError : too few nodules, or answers that the schema doesn't have.
    """
    fit = TiradsFit.objects.select_related("release__cohort").get(pk=fit_id)
    chosen = TiradsSettings.from_json(fit.chosen)
    reference, definition = schema_of(fit.release, chosen.schema)
    table: Table | None = _table(chosen.table).rows if chosen.table else None
    report(5, "reading nodules")
    found = diagnosed_nodules(released_stacks(fit.release), chosen, definition["scoring"]["categories"], table=table)
    report(20, f"fitting to {len(found.training):,} nodules")
    title = chosen.title or f"Fitted on {fit.release.cohort.name} {fit.release.number}"
    try:
        fitted = fit_tirads(found.training, found.held_out, definition, title=title, seed=chosen.seed)
    except (ValueError, AnswerError) as error:
        raise FitError(f"{error} {_counted(found)}") from error
    report(95, "writing down")
    fit.definition = fitted.definition
    fit.result = {
        "schema": reference,
        "points": fitted.points.points,
        "unseen": [list(one) for one in fitted.points.unseen],
        "auc_training": fitted.points.auc,
        "start_auc_training": fitted.points.start_auc,
        "training": _evaluation(fitted.training),
        "held_out": _evaluation(fitted.evaluation),
        "left_out": dict(sorted(found.left_out.items())),
    }
    fit.save(update_fields=["definition", "result"])
    return {"training": len(found.training), "held_out": len(found.held_out), "left_out": found.left_out.total()}


def offer_tirads_points(person: User, fit_id: uuid.UUID, *, key: str, title: str) -> LabelSchemaDraft:
    """Begin a schema under a new key with the fitted points as one more system; an admin publishes it or doesn't.

    Raises
    ------
    NotAllowedError : the person is no admin.
    NotFoundError : there is no such fit.
    ConflictError : its job isn't done, or the key is taken.
    """
    fit = fit_for(person, fit_id)
    if fit.job.state != JobState.DONE or not fit.definition:
        raise ConflictError("The points are not fitted yet.")
    with transaction.atomic():
        draft = make_draft(person, key, title=title, definition=open_for_editing(fit.definition))
        record_audit(
            person,
            "offer_tirads_points",
            target_kind="label_schema",
            target_id=key,
            detail={"fit": str(fit.pk), "release": str(fit.release_id)},
        )
    return draft


def fit_for(person: Person, fit_id: uuid.UUID) -> TiradsFit:
    """One fit with its job and release; NotFoundError when there is none that this person may see."""
    fits = TiradsFit.objects.select_related("job", "release__cohort", "requested_by")
    found = fits.filter(pk=fit_id).first() if may_manage_datasets(person) else None
    if found is None:
        raise NotFoundError("There are no such fitted points.")
    return found


def schema_of(release: Release, key: str) -> tuple[str, dict[str, Any]]:
    """The newest version of a schema among those that a release was answered in.

    Raises
    ------
    InvalidError : it has none, or none that gives points; path "schema".
    """
    versions = [
        (int(reference.partition("@")[2]), reference, definition)
        for reference, definition in release.header["schemas"].items()
        if reference.partition("@")[0] == key and definition["scoring"]["kind"] in ("points", "tirads")
    ]
    if not versions:
        raise InvalidError(f"Nothing of this release was answered in {key!r}, or it gives no points.", "schema")
    _, reference, definition = max(versions, key=lambda one: one[0])
    return reference, definition


def _table(table_id: str) -> DiagnosisTable:
    try:
        found = DiagnosisTable.objects.filter(pk=uuid.UUID(table_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise InvalidError("There is no such table of diagnoses.", "table")
    return found


def _evaluation(found: Evaluation) -> dict[str, Any]:
    return {
        "nodules": found.nodules,
        "malignant": found.malignant,
        "patients": found.patients,
        "without_size": found.without_size,
        "systems": {name: _performance(one) for name, one in found.systems.items()},
        "differences": [
            {"of": one, "less": other, **_performance(performance)}
            for (one, other), performance in found.differences.items()
        ],
    }


def _performance(one: Performance) -> dict[str, Any]:
    return asdict(one)


def _counted(found: FoundNodules) -> str:
    left_out = "; ".join(f"{count} left out: {why}" for why, count in sorted(found.left_out.items()))
    return f"There are {len(found.training)} training and {len(found.held_out)} other nodules. {left_out}".strip()

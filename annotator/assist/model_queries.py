"""Models by name with their versions, which of them answers, and about what it may be asked."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from annotator.accounts.errors import NotFoundError, UnavailableError
from annotator.accounts.policies import Person
from annotator.assist.fitness import Fitness, fitness_of
from annotator.assist.models import AnatomyAllowance, ModelPin, ModelPromotion, ModelVersion
from annotator.assist.policies import may_see_models
from annotator.imaging.store.filing import Place, open_place


@dataclass(frozen=True)
class ModelLine:
    """One model.

    Attributes
    ----------
    versions : newest first.
    active : the one that answers; None before any was promoted.
    """

    name: str
    versions: list[ModelVersion]
    active: ModelVersion | None
    promotions: list[ModelPromotion]
    allowances: list[AnatomyAllowance]


def model_lines_for(person: Person) -> list[ModelLine]:
    """Every model with weights, by name; none for those who may not see them. Three queries."""
    if not may_see_models(person):
        return []
    versions = ModelVersion.objects.exclude(weights="").select_related("registered_by").order_by("name", "-pk")
    promotions = list(ModelPromotion.objects.select_related("version", "by"))
    allowances = list(AnatomyAllowance.objects.select_related("by").order_by("anatomy"))
    by_name: dict[str, list[ModelVersion]] = {}
    for version in versions:
        by_name.setdefault(version.name, []).append(version)
    lines = []
    for name, its in by_name.items():
        promoted = [one for one in promotions if one.version.name == name]
        active = promoted[0].version if promoted else None
        allowed = [one for one in allowances if one.name == name]
        lines.append(ModelLine(name, its, active, promoted, allowed))
    return lines


def model_version_for(person: Person, pk: int) -> ModelVersion:
    """One version; NotFoundError when there is none that this person may see."""
    found = ModelVersion.objects.exclude(weights="").filter(pk=pk).first() if may_see_models(person) else None
    if found is None:
        raise NotFoundError("There is no such version of a model.")
    return found


def active_version(name: str) -> ModelVersion | None:
    """The version that answers for a name now; for workers, no person asks."""
    newest = ModelPromotion.objects.filter(version__name=name).select_related("version").first()
    return newest.version if newest else None


def answering_versions(case_id: UUID | None = None) -> list[ModelVersion]:
    """The versions that answer in a case, the one promoted last first: those pinned to it, else the active ones.

    For workers and actions, no person asks. Plain methods, which have no weights, are not among them.
    """
    promotions = ModelPromotion.objects.select_related("version").order_by("-at", "-pk")
    if case_id is not None:
        pinned = ModelVersion.objects.filter(pk__in=ModelPin.objects.filter(case=case_id).values("version"))
        if pinned:
            return [one for one in pinned.order_by("-pk") if one.weights]
    first: dict[str, ModelVersion] = {}
    for one in promotions:
        first.setdefault(one.version.name, one.version)
    return list(first.values())


def pinned_versions() -> list[ModelVersion]:
    """The versions that some case keeps, whatever is promoted; for workers, no person asks."""
    pins = ModelPin.objects.values("version").distinct()
    return list(ModelVersion.objects.filter(pk__in=pins).exclude(weights="").order_by("-pk"))


def is_guided(version: ModelVersion) -> bool:
    """Whether a network takes hints: clicks, a box, calipers."""
    return bool(version.card.get("config", {}).get("guidance"))


def fitness_for(version: ModelVersion, *, modality: str, anatomy: str) -> Fitness:
    """Whether a version answers about pictures of this modality and anatomy, and with which note."""
    return fitness_of(
        model=str(version),
        modality=version.modality,
        anatomy=version.anatomy,
        asked_modality=modality,
        asked_anatomy=anatomy,
        allowed=set(AnatomyAllowance.objects.filter(name=version.name).values_list("anatomy", flat=True)),
    )


def weights_of(version: ModelVersion) -> bytes:
    """The weights' file, held against the SHA-256 that it was registered with.

    Raises
    ------
    UnavailableError : it isn't there, or has other bytes by now.
    """
    try:
        with open_place(Place("models", version.weights)) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise UnavailableError(f"The weights of {version} are not in their store. Register them again.") from error
    if hashlib.sha256(content).hexdigest() != version.content_hash:
        raise UnavailableError(
            f"The weights of {version} are not those that were registered: bring the file back, or promote another "
            "version."
        )
    return content

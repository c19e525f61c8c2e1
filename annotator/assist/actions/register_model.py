"""Keep a trained network as a version: its weights by their hash, its card beside them. It answers nobody yet."""

import hashlib
import re
from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.assist.models import ModelVersion
from annotator.assist.policies import may_see_models
from annotator.imaging.store.filing import Place, place_exists
from annotator.imaging.store.staging import file_content

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_BYTES = 200_000_000


def register_model(person: User, card: dict[str, Any], weights: bytes) -> ModelVersion:
    """Register weights under their card's name, in the next version. The same weights again are the version they are.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : the weights are not the card's, or the card doesn't say what the model is meant for.
    """
    if not may_see_models(person):
        raise NotAllowedError("Models are registered by data managers and admins.")
    digest = hashlib.sha256(weights).hexdigest()
    name, modality, anatomy, use = _facts(card, digest, len(weights))
    place = Place("models", f"weights/{digest}.safetensors")
    if not place_exists(place):
        file_content(place, weights)
    with transaction.atomic():
        there = ModelVersion.objects.select_for_update().filter(name=name)
        known = [one for one in there if one.content_hash == digest]
        if known:
            return known[0]
        version = ModelVersion.objects.create(
            name=name,
            version=str(1 + max((int(one.version) for one in there if one.version.isdecimal()), default=0)),
            task=str(card.get("task", ""))[:64],
            description=use,
            content_hash=digest,
            modality=modality,
            anatomy=anatomy,
            card=card,
            weights=place.name,
            registered_by=person,
        )
        detail: dict[str, object] = {"model": str(version), "sha256": digest}
        record_audit(person, "register_model", target_kind="model", target_id=version.pk, detail=detail)
    return version


def _facts(card: dict[str, Any], digest: str, size: int) -> tuple[str, str, str, str]:
    """Name, modality, anatomy and use of a card that holds together."""
    try:
        name, said = str(card["name"]), str(card["weights"]["sha256"])
        intended = card["intended"]
        modality, anatomy, use = (str(intended[one]).strip() for one in ("modality", "anatomy", "use"))
    except (KeyError, TypeError) as error:
        raise InvalidError(f"This is no model card: {error} is missing.", "card") from error
    if said != digest:
        raise InvalidError(
            f"The card belongs to other weights: it says {said[:12]}…, these are {digest[:12]}….", "card"
        )
    if not _NAME.fullmatch(name) or len(name) > 64:
        raise InvalidError("A model's name is small letters, figures and hyphens.", "card.name")
    if not modality or not anatomy or len(modality) > 16 or len(anatomy) > 64:
        raise InvalidError(
            "A model is registered for one modality and anatomy: train it with `anatomy` named.",
            "card.intended.anatomy",
        )
    if size > _MOST_BYTES:
        raise InvalidError("Weights of more than 200 MB are not taken.", "weights")
    return name, modality, anatomy, use

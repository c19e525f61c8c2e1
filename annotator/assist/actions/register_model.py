"""Keep a trained network as a version: its weights by their hash, its card beside them. It answers nobody yet."""

from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.assist.model_cards import CardFacts, facts_of
from annotator.assist.models import ModelVersion
from annotator.assist.policies import may_see_models
from annotator.imaging.store.filing import Place, place_exists
from annotator.imaging.store.staging import file_content


def register_model(person: User, card: dict[str, Any], weights: bytes) -> ModelVersion:
    """Register weights under their card's name, in the next version. The same weights again are the version they are.

    Raises
    ------
    NotAllowedError : the person is neither data manager nor admin.
    InvalidError : the weights are not the card's, the card doesn't say what the model is meant for, or a model that
        comes with the product has its name.
    """
    if not may_see_models(person):
        raise NotAllowedError("Models are registered by data managers and admins.")
    facts = facts_of(card, weights)
    with transaction.atomic():
        there = list(ModelVersion.objects.select_for_update().filter(name=facts.name))
        known = [one for one in there if one.content_hash == facts.sha256]
        if known:
            return known[0]
        if any(one.weights and one.registered_by_id is None for one in there):
            raise InvalidError(
                f"{facts.name} comes with the product, and its versions are counted there. Train under another name.",
                "card.name",
            )
        number = str(1 + max((int(one.version) for one in there if one.version.isdecimal()), default=0))
        version = keep_version(facts, card, weights, version=number, registered_by=person)
        detail: dict[str, object] = {"model": str(version), "sha256": facts.sha256}
        record_audit(person, "register_model", target_kind="model", target_id=version.pk, detail=detail)
    return version


def keep_version(
    facts: CardFacts, card: dict[str, Any], weights: bytes, *, version: str, registered_by: User | None
) -> ModelVersion:
    """Put the weights into the store and write the row."""
    return ModelVersion.objects.create(
        name=facts.name,
        version=version,
        task=facts.task,
        description=facts.use,
        content_hash=facts.sha256,
        modality=facts.modality,
        anatomy=facts.anatomy,
        card=card,
        weights=keep_weights(facts, weights),
        registered_by=registered_by,
    )


def keep_weights(facts: CardFacts, weights: bytes) -> str:
    """Where the weights lie in the store "models" from now on, if they didn't before."""
    place = Place("models", f"weights/{facts.sha256}.safetensors")
    if not place_exists(place):
        file_content(place, weights)
    return place.name

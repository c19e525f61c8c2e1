"""Register a model that comes with the product, and let it answer where nobody has chosen another."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError
from annotator.assist.actions.register_model import keep_version, keep_weights
from annotator.assist.model_cards import facts_of
from annotator.assist.models import ModelPromotion, ModelVersion

_REASON = "It comes with the product."


@dataclass(frozen=True)
class InstalledModel:
    """What was done: nothing the second time."""

    version: ModelVersion
    is_new: bool
    is_promoted: bool


def install_model(card: dict[str, Any], weights: bytes, *, version: str) -> InstalledModel:
    """Register and promote a shipped version; doing it again changes nothing, and brings weights back that are gone.

    A version is promoted when it comes, unless people have chosen which one answers for its name. The system's own.

    Raises
    ------
    InvalidError : the weights are not the card's: their bytes were changed.
    ConflictError : another model is kept under this name and version.
    """
    facts = facts_of(card, weights)
    with transaction.atomic():
        there = ModelVersion.objects.filter(name=facts.name, version=version).first()
        if there is not None:
            if there.content_hash != facts.sha256:
                raise ConflictError(
                    f"{there} is kept with other weights ({there.content_hash[:12]}…, not {facts.sha256[:12]}…). "
                    "A changed model is a new version."
                )
            keep_weights(facts, weights)
            return InstalledModel(there, is_new=False, is_promoted=False)
        made = keep_version(facts, card, weights, version=version, registered_by=None)
        detail: dict[str, object] = {"model": str(made), "sha256": facts.sha256}
        record_audit(None, "register_model", target_kind="model", target_id=made.pk, detail=detail)
        newest = ModelPromotion.objects.filter(version__name=facts.name).first()
        is_promoted = newest is None or newest.by_id is None
        if is_promoted:
            ModelPromotion.objects.create(version=made, by=None, reason=_REASON)
            record_audit(None, "promote_model", target_kind="model", target_id=made.pk, detail=detail)
    return InstalledModel(made, is_new=True, is_promoted=is_promoted)

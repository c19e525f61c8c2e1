"""Choose the version that answers for a model from now on; going back is promoting an earlier one."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError
from annotator.accounts.models import User
from annotator.annotations.storable_checks import check_line
from annotator.assist.model_queries import active_version, model_version_for, weights_of
from annotator.assist.models import ModelPromotion
from annotator.assist.policies import may_promote_models


def promote_model(person: User, version_id: int, *, reason: str) -> ModelPromotion:
    """Let a version answer. Its weights are read first: one that can't be loaded is never promoted.

    Raises
    ------
    NotAllowedError : the person is no admin.
    NotFoundError : there is no such version.
    InvalidError : no reason is given.
    ConflictError : it answers already.
    UnavailableError : its weights are gone or changed.
    """
    if not may_promote_models(person):
        raise NotAllowedError("Admins decide which version answers readers.")
    words = check_line(reason, path="reason", longest=200)
    if not words:
        raise InvalidError("Say why: it stands in the list for those who come after you.", "reason")
    version = model_version_for(person, version_id)
    weights_of(version)
    with transaction.atomic():
        before = active_version(version.name)
        if before == version:
            raise ConflictError(f"{version} answers already.")
        made = ModelPromotion.objects.create(version=version, by=person, reason=words)
        detail: dict[str, object] = {"model": str(version), "instead_of": str(before or ""), "reason": words}
        record_audit(person, "promote_model", target_kind="model", target_id=version.pk, detail=detail)
    return made

"""Go back to the version that answered before."""

from annotator.accounts.errors import ConflictError, NotAllowedError
from annotator.accounts.models import User
from annotator.assist.actions.promote_model import promote_model
from annotator.assist.models import ModelPromotion
from annotator.assist.policies import may_promote_models


def roll_back_model(person: User, name: str, *, reason: str) -> ModelPromotion:
    """Let the version answer again that answered before the present one.

    Raises
    ------
    NotAllowedError : the person is no admin.
    InvalidError : no reason is given.
    ConflictError : none answered before.
    UnavailableError : its weights are gone or changed.
    """
    if not may_promote_models(person):
        raise NotAllowedError("Admins decide which version answers readers.")
    promotions = list(ModelPromotion.objects.filter(version__name=name))
    before = next((one.version_id for one in promotions if one.version_id != promotions[0].version_id), None)
    if before is None:
        raise ConflictError(f"No other version of {name} has answered before.")
    return promote_model(person, before, reason=reason)

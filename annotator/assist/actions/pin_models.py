"""Hold versions of models in cases, whatever is promoted later."""

from collections.abc import Sequence
from uuid import UUID

from annotator.assist.models import ModelPin

_BATCH = 500


def pin_models(pins: Sequence[tuple[UUID, Sequence[int]]]) -> int:
    """Pin versions to cases, where from then on only these answer and are shown. Returns how many.

    The system's own: a reader study calls it when it opens, in its transaction. Pinning one twice changes nothing.

    Parameters
    ----------
    pins : (case, primary keys of versions).
    """
    rows = [ModelPin(case_id=case_id, version_id=version) for case_id, versions in pins for version in versions]
    ModelPin.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    return len(rows)

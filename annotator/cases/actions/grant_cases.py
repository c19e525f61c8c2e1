"""Let a reader open many cases on the same terms."""

from collections.abc import Sequence

from django.db import transaction

from annotator.accounts.actions.record_audits import record_audits
from annotator.accounts.errors import NotAllowedError
from annotator.accounts.models import User
from annotator.accounts.policies import Person
from annotator.cases.models import Case, CaseGrant
from annotator.cases.policies import may_grant_cases_to

_BATCH = 500


def grant_cases(
    person: Person, cases: Sequence[Case], *, reader: User, shows_identity: bool = False, shows_suggestions: bool = True
) -> None:
    """Give access without limits of time, or change the access that the reader has to that.

    Parameters
    ----------
    cases : from queries.cases_for, so that `person` may see them.

    Raises
    ------
    NotAllowedError : `person` is no admin; a data manager may only for a source.
    """
    if not may_grant_cases_to(person, reader):
        raise NotAllowedError("Only an admin may give readers access to a case.")
    with transaction.atomic():
        CaseGrant.objects.bulk_create(
            (
                CaseGrant(case=case, person=reader, shows_identity=shows_identity, shows_suggestions=shows_suggestions)
                for case in cases
            ),
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["case", "person"],
            update_fields=CaseGrant.TERMS,
        )
        detail: dict[str, object] = {
            "reader": reader.username,
            "valid_from": None,
            "valid_until": None,
            "shows_identity": shows_identity,
            "shows_suggestions": shows_suggestions,
        }
        record_audits(person, "grant_case", target_kind="case", targets=((case.pk, detail) for case in cases))

"""Who gives cases to readers, and who reads them."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role
from annotator.readerstudies.design import ResultsFor
from annotator.readerstudies.models import ReaderStudy, StudyState


def may_assign(person: Person) -> bool:
    """Assign, withdraw, reorder and reopen."""
    return has_role(person, Role.ADMIN)


def may_see_all_assignments(person: Person) -> bool:
    return has_role(person, Role.ADMIN)


def may_review(person: Person) -> bool:
    """See every reading of a case side by side, remark on it, approve it or give it back."""
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_open_source_readings(person: Person) -> bool:
    """Open the reading of a source, which nobody signs in as, so that its marks can be brought in."""
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_read_cases(person: Person) -> bool:
    """Have a worklist, and submit what is on it."""
    return has_role(person, Role.RADIOLOGIST)


def may_run_studies(person: Person) -> bool:
    """Design, launch, watch and amend reader studies."""
    return has_role(person, Role.ADMIN)


def may_see_results(person: Person, study: ReaderStudy) -> bool:
    """Look at what readers answered: admins, once the protocol lets them."""
    if not may_run_studies(person) or study.state not in (StudyState.RUNNING, StudyState.CLOSED):
        return False
    at_any_time = study.protocol.get("results") == ResultsFor.ANY_TIME
    return at_any_time or study.state == StudyState.CLOSED

"""Who may see, cancel and retry long work."""

from annotator.accounts.models import Role
from annotator.accounts.policies import Person, has_role, is_signed_in
from annotator.jobs.models import Job


def may_see_all_jobs(person: Person) -> bool:
    return has_role(person, Role.DATA_MANAGER, Role.ADMIN)


def may_steer_job(person: Person, job: Job) -> bool:
    """Whether the person may cancel it and run it again: who asked for it, data managers and admins."""
    return is_signed_in(person) and (may_see_all_jobs(person) or job.requested_by_id == person.pk)

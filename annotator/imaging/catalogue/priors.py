"""Other studies of the same patient, earlier and later."""

from dataclasses import dataclass
from datetime import date, datetime

from annotator.accounts.policies import Person
from annotator.imaging.models import Study
from annotator.imaging.queries import studies_for

MOST = 100


@dataclass(frozen=True)
class Prior:
    """Another study of a patient.

    Attributes
    ----------
    days : from the study at hand to this one; below 0 where this one is earlier, None where either has no date.
    """

    study: Study
    days: int | None


def priors_of(person: Person, study: Study) -> list[Prior]:
    """The other studies of a study's patient that this person may see, newest first, those without a date last.

    A hundred at most, the newest ones: a phantom may have thousands.
    """
    others = studies_for(person).filter(patient=study.patient_id).exclude(pk=study.pk)
    others = others.select_related("patient", "cover").prefetch_related("tags")
    here = _day(study)
    return [Prior(other, _days(here, _day(other))) for other in others[:MOST]]


def _day(study: Study) -> date | None:
    try:
        return datetime.strptime(study.study_date, "%Y%m%d").date()
    except ValueError:
        return None


def _days(here: date | None, there: date | None) -> int | None:
    return None if here is None or there is None else (there - here).days

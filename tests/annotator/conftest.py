"""A case that two radiologists may open: whatever one makes there, the other must not see."""

import pytest

from annotator.accounts.models import User
from annotator.cases.models import Case
from annotator.imaging.models import Frame
from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study


@pytest.fixture
def shared_case(radiologist: User, second_radiologist: User) -> Case:
    """A CT of three slices, 64 rows and 80 columns, open to both radiologists, whose identity neither is shown."""
    study = make_study()
    case = make_case(study, make_stack(study))
    grant(case, radiologist)
    grant(case, second_radiologist)
    return case


@pytest.fixture
def frame(shared_case: Case) -> Frame:
    """The first slice of the shared case."""
    return frames_of(shared_case)[0]


@pytest.fixture
def other_case(radiologist: User) -> Case:
    """Another patient's CT, open to the first radiologist only."""
    study = make_study(patient_id="PAT-8", name="Other^Olga")
    case = make_case(study, make_stack(study))
    grant(case, radiologist)
    return case

"""Uncertain is a value of its own; what it counts as is decided later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.labels.head_ct import Sign
from annotator.labels.uncertain import UncertainPolicy, sign_of_scan, target_of

SIGNS = st.sampled_from([*Sign, None])


@pytest.mark.parametrize(
    ("policy", "target"),
    [
        (UncertainPolicy.AS_POSITIVE, 1.0),
        (UncertainPolicy.AS_NEGATIVE, 0.0),
        (UncertainPolicy.IGNORE, None),
        (UncertainPolicy.SOFT, 0.5),
    ],
)
def test_a_policy_decides_about_uncertain_answers_alone(policy: UncertainPolicy, target: float | None) -> None:
    assert target_of(Sign.UNCERTAIN, policy) == target
    assert target_of(Sign.PRESENT, policy) == 1.0
    assert target_of(Sign.ABSENT, policy) == 0.0
    assert target_of(None, policy) is None


@given(st.lists(SIGNS, max_size=6), SIGNS)
def test_a_scan_is_present_when_any_slice_is(slices: list[Sign | None], said: Sign | None) -> None:
    scan = sign_of_scan(slices, said=said)
    if Sign.PRESENT in slices:
        assert scan is Sign.PRESENT
    elif said is not None:
        assert scan is said
    elif Sign.UNCERTAIN in slices:
        assert scan is Sign.UNCERTAIN


def test_an_unanswered_slice_never_counts_as_absent() -> None:
    assert sign_of_scan([Sign.ABSENT, None]) is None
    assert sign_of_scan([Sign.ABSENT, Sign.ABSENT]) is Sign.ABSENT
    assert sign_of_scan([]) is None

"""What an uncertain answer counts as: chosen when data are exported or analysed, never when a reader answers. Pure.

Source of the policies: Irvin J et al., CheXpert, AAAI 2019 (U-Ones, U-Zeros, U-Ignore); soft labels as Pham HH et al.,
Neurocomputing 2021.
"""

from collections.abc import Iterable
from enum import StrEnum

from annotator.labels.head_ct import Sign

SOFT_LABEL = 0.5


class UncertainPolicy(StrEnum):
    """How uncertain answers enter a truth of positives and negatives."""

    AS_POSITIVE = "as_positive"
    AS_NEGATIVE = "as_negative"
    IGNORE = "ignore"
    SOFT = "soft"


_VALUES: dict[UncertainPolicy, float | None] = {
    UncertainPolicy.AS_POSITIVE: 1.0,
    UncertainPolicy.AS_NEGATIVE: 0.0,
    UncertainPolicy.IGNORE: None,
    UncertainPolicy.SOFT: SOFT_LABEL,
}


def target_of(sign: Sign | None, policy: UncertainPolicy) -> float | None:
    """The training target of an answer: 1 present, 0 absent, and what the policy says of uncertain.

    Returns
    -------
    None where the answer is to be left out: it was not given, or it is uncertain and the policy ignores that.
    """
    if sign is None:
        return None
    if sign is Sign.UNCERTAIN:
        return _VALUES[policy]
    return 1.0 if sign is Sign.PRESENT else 0.0


def sign_of_scan(slices: Iterable[Sign | None], *, said: Sign | None = None) -> Sign | None:
    """What holds for a scan by its slices and by what the reader said of it as a whole.

    Any slice marked present makes the scan present, whatever was said. Else what was said counts; where nothing
    was, an uncertain slice makes the scan uncertain, and only slices that are all answered absent make it absent.

    Parameters
    ----------
    slices : one answer a slice, None where it was not answered.
    said : of the whole scan; None when not answered.
    """
    given = list(slices)
    if Sign.PRESENT in given:
        return Sign.PRESENT
    if said is not None:
        return said
    if Sign.UNCERTAIN in given:
        return Sign.UNCERTAIN
    return Sign.ABSENT if given and all(sign is Sign.ABSENT for sign in given) else None

"""How many cases and readings a study needs for intervals of a wanted width. Pure."""

from dataclasses import dataclass
from math import ceil, sqrt

from scipy.stats import norm

from annotator.accounts.errors import InvalidError


@dataclass(frozen=True)
class SampleSize:
    """positives, scans and reads, each rounded up; scans hold so many positives at the prevalence on average."""

    positives: int
    scans: int
    reads: int


def positives_for_sensitivity(sensitivity: float, half_width: float, *, confidence: float = 0.95) -> int:
    """Positives that give a sensitivity an interval of plus and minus `half_width`: z^2 p (1 - p) / d^2, rounded up.

    Raises
    ------
    InvalidError : not between 0 and 1, with the name of the parameter as path.

    Source: Buderer N M F. Statistical methodology: I. Incorporating the prevalence of disease into the sample size
    calculation for sensitivity and specificity. Acad Emerg Med 1996;3:895. The CQ500 authors' "about 80" for
    0.7 +/- 0.1 is this formula's 80.7.
    """
    _check(sensitivity=sensitivity, half_width=half_width, confidence=confidence)
    return _up(_z(confidence) ** 2 * sensitivity * (1 - sensitivity) / half_width**2)


def study_size(
    sensitivity: float,
    half_width: float,
    *,
    prevalence: float,
    readers_per_case: int,
    arms: int,
    confidence: float = 0.95,
) -> SampleSize:
    """Positives, the scans that hold them at a prevalence, and all readings.

    Raises
    ------
    InvalidError : a share that is not between 0 and 1, or no readers or arms.
    """
    _check(prevalence=min(prevalence, 0.5))
    if prevalence > 1:
        raise InvalidError("A prevalence is at most 1.", "prevalence")
    if readers_per_case < 1 or arms < 1:
        raise InvalidError("There is at least one reader and one arm.", "readers_per_case" if arms else "arms")
    positives = positives_for_sensitivity(sensitivity, half_width, confidence=confidence)
    scans = _up(positives / prevalence)
    return SampleSize(positives, scans, scans * readers_per_case * arms)


def subjects_for_kappa(kappa: float, half_width: float, *, prevalence: float, confidence: float = 0.95) -> int:
    """Cases that two readers must read for an interval of plus and minus `half_width` about their kappa.

    Parameters
    ----------
    kappa : that is expected, from 0 to below 1. prevalence : share of positives that readers call.

    The variance of one case is (1 - k) [(1 - k)(1 - 2k) + k (2 - k) / (2 p (1 - p))].

    Source: Bloch D A, Kraemer H C. 2 x 2 kappa coefficients: measures of agreement or association. Biometrics
    1989;45:269, for two readers with the same rate of positives.
    """
    _check(half_width=half_width, prevalence=prevalence, confidence=confidence)
    if not 0 <= kappa < 1:
        raise InvalidError("A kappa to plan for is from 0 to below 1.", "kappa")
    return _up(_z(confidence) ** 2 * kappa_variance(kappa, prevalence) / half_width**2)


def kappa_variance(kappa: float, prevalence: float) -> float:
    """Variance of kappa from one case; divide by the number of cases. Source: as for subjects_for_kappa."""
    spread = 2 * prevalence * (1 - prevalence)
    return (1 - kappa) * ((1 - kappa) * (1 - 2 * kappa) + kappa * (2 - kappa) / spread)


def wilson_half_width(share: float, count: int, *, confidence: float = 0.95) -> float:
    """Half the width of Wilson's interval, which results are reported with. Source: Wilson E B. JASA 1927;22:209."""
    _check(share=share, confidence=confidence)
    z = _z(confidence)
    return z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))


def _z(confidence: float) -> float:
    return float(norm.ppf(0.5 + confidence / 2))


def _up(number: float) -> int:
    # Rounding of the machine must not cost a case.
    return ceil(number - 1e-9)


def _check(**shares: float) -> None:
    for name, value in shares.items():
        if not 0 < value < 1:
            raise InvalidError("This is a share: more than 0 and less than 1.", name)

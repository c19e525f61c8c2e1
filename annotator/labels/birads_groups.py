"""The four groups of the public tomosynthesis data set, where they follow from what was answered. Pure.

Source: Buda M et al., JAMA Netw Open 2021;4(8):e2119100, "Data set". Normal: category 1, no further imaging and no
biopsy. Actionable: further imaging asked for because of a mass or distortion, no biopsy. Benign and cancer: a mass or
distortion of an examination of category 0, 4, 4A-4C or 5 was biopsied, all of it benign, or some of it cancer.
"""

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """One examination belongs to one group, or to none of them."""

    NORMAL = "normal"
    ACTIONABLE = "actionable"
    BENIGN = "benign"
    CANCER = "cancer"


class Biopsy(StrEnum):
    """What became of the tissue that was taken because of the examination."""

    NONE = "none"
    BENIGN = "benign"
    MALIGNANT = "malignant"


# Types of finding that the data set is about.
COUNTED = frozenset({"mass", "architectural_distortion"})
BIOPSIED_CATEGORIES = frozenset({"0", "4", "4A", "4B", "4C", "5"})


@dataclass(frozen=True)
class GroupFound:
    """The group that follows, and why; `group` is None where none does, and then `because` says what is in the way."""

    group: Group | None
    because: str


def group_of(category: str | None, finding_types: frozenset[str], biopsy: Biopsy | None) -> GroupFound:
    """Work out an examination's group.

    Parameters
    ----------
    category : of the examination; None while a breast is not assessed.
    finding_types : of all its findings, as the lexicon names them.
    biopsy : None when it is not known; then no group follows in which a biopsy decides.
    """
    if category is None:
        return GroupFound(None, "the examination has no category yet")
    counted = finding_types & COUNTED
    if biopsy in {Biopsy.BENIGN, Biopsy.MALIGNANT}:
        if category not in BIOPSIED_CATEGORIES:
            return GroupFound(None, f"biopsied, yet category {category}: the groups have 0, 4 or 5 there")
        if not counted:
            return GroupFound(None, "biopsied, yet no mass or distortion is described")
        group = Group.BENIGN if biopsy is Biopsy.BENIGN else Group.CANCER
        return GroupFound(group, f"a mass or distortion of category {category}, biopsied with a {biopsy} result")
    if category == "1" and not finding_types:
        return GroupFound(Group.NORMAL, "category 1, no finding and no biopsy")
    if category == "0" and counted:
        if biopsy is Biopsy.NONE:
            return GroupFound(Group.ACTIONABLE, "category 0 because of a mass or distortion, and no biopsy")
        return GroupFound(None, "category 0: whether a biopsy followed is not answered")
    return GroupFound(None, f"category {category} belongs to none of the groups")

"""What is done with each attribute: the basic profile by edition, overridden by the options that this product uses.

Source: DICOM PS3.15 Annex E, Table E.1-1. The profile's column comes from dicom-anonymizer, an edition a module; the
columns of the options are in option_columns.json, which that library lacks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from dicomanonymizer.dicomfields_selector import dicom_anonymization_database_selector

from annotator.imaging.deidentification.errors import DeidentificationError

EDITIONS = ("2023", "2024b", "2026c")
NEWEST_EDITION = EDITIONS[-1]
OPTION_COLUMNS = Path(__file__).with_name("option_columns.json")
MODIFIED_DATES = "modified_dates"
OPTIONS = (MODIFIED_DATES, "patient_characteristics", "clean_descriptors", "device_identity")
# Curve data, overlay comments and overlay data repeat over groups: 50xx and 60xx (Table E.1-1).
REPEATING_GROUPS = frozenset({0x5000, 0x6000})
OVERLAY_DATA, OVERLAY_COMMENTS = 0x3000, 0x4000


class Action(StrEnum):
    """What happens to one attribute. Compound codes are settled here: see SETTLED."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    NEW_UID = "U"
    KEEP = "K"
    CLEAN = "C"


# A code with alternatives leaves the choice to the attribute's type in the object: removal where it is optional, an
# empty value where it is type 2, a dummy where it is type 1. The last alternative satisfies every type, so it is taken
# whatever the object: nothing is left of the value either way.
SETTLED = {
    "D_TAGS": Action.DUMMY,
    "Z_TAGS": Action.EMPTY,
    "X_TAGS": Action.REMOVE,
    "U_TAGS": Action.NEW_UID,
    "Z_D_TAGS": Action.DUMMY,
    "X_Z_TAGS": Action.EMPTY,
    "X_D_TAGS": Action.DUMMY,
    "X_Z_D_TAGS": Action.DUMMY,
    "X_Z_U_STAR_TAGS": Action.KEEP,
}


@dataclass(frozen=True)
class ActionTable:
    """The actions of one edition, options included.

    Attributes
    ----------
    edition : of PS3.15, such as "2026c".
    actions : by tag; an attribute that is not there is not listed by the standard.
    needing_values : see needs_value.
    """

    edition: str
    actions: Mapping[int, Action]
    needing_values: frozenset[int]

    def needs_value(self, tag: int) -> bool:
        """Whether the object may need a value here: the profile's own code has a dummy among its alternatives."""
        return tag in self.needing_values

    def action_for(self, tag: int) -> Action | None:
        """The action for a standard attribute; None when the table doesn't list it."""
        repeats = _is_repeating(tag)
        return Action.REMOVE if repeats else self.actions.get(tag)


@cache
def table_of_edition(edition: str) -> ActionTable:
    """The table of one edition of PS3.15, with the four options.

    Raises
    ------
    DeidentificationError : there is no such edition.
    """
    if edition not in EDITIONS:
        raise DeidentificationError(
            f"There is no table of actions of edition {edition!r}. DEIDENTIFY_EDITION is one of {', '.join(EDITIONS)}."
        )
    actions: dict[int, Action] = {}
    for category, tags in dicom_anonymization_database_selector(f"dicomfields_{edition}").items():
        for tag in tags:
            if len(tag) == 2 and category in SETTLED:
                actions[tag[0] << 16 | tag[1]] = SETTLED[category]
    needing_values = frozenset(tag for tag, action in actions.items() if action is Action.DUMMY)
    columns = json.loads(OPTION_COLUMNS.read_text())["options"]
    # What is cleaned comes last: where one option keeps an attribute and another cleans it, it is cleaned.
    for code in (Action.KEEP, Action.CLEAN):
        for option in OPTIONS:
            for tag in columns[option].get(code.value, ()):
                if int(tag, 16) in actions:
                    actions[int(tag, 16)] = code
    return ActionTable(edition, actions, needing_values)


def _is_repeating(tag: int) -> bool:
    group, element = tag >> 16, tag & 0xFFFF
    family = group & 0xFF00
    if family not in REPEATING_GROUPS or group & 1:
        return False
    return family == 0x5000 or element in (OVERLAY_DATA, OVERLAY_COMMENTS)

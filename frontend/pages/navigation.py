"""Which pages each role finds in the top bar."""

from dataclasses import dataclass, field

from annotator.accounts.models import Role


@dataclass(frozen=True)
class Place:
    """One entry of the top bar; `also` names the pages that lie behind it, `menu` the entry that it folds under."""

    url_name: str
    title: str
    roles: frozenset[Role]
    also: frozenset[str] = frozenset()
    menu: str = ""


@dataclass(frozen=True)
class BarPlace:
    """A link of the top bar: whether the reader is there now, and how much waits behind it."""

    place: Place
    here: bool
    waits: int


@dataclass
class BarEntry:
    """A place, or a menu of several under one title."""

    menu: str
    places: list[BarPlace] = field(default_factory=list)
    here: bool = False
    waits: int = 0


_READER = frozenset({Role.RADIOLOGIST})
_KEEPERS = frozenset({Role.DATA_MANAGER, Role.ADMIN})
_ADMIN = frozenset({Role.ADMIN})
_STUDY_PAGES = frozenset({"reader-study", "reader-study-allocation", "reader-study-results", "reader-study-protocol"})

PLACES = (
    Place("worklist", "Worklist", _READER),
    Place("assignments", "Assignments", _ADMIN),
    Place("reader-studies", "Reader studies", _ADMIN, _STUDY_PAGES),
    Place("studies", "Studies", _KEEPERS, frozenset({"study", "collections"})),
    Place("cases", "Cases", _KEEPERS, frozenset({"case", "hangings", "hanging"})),
    Place("label-schemas", "Labels", _ADMIN, frozenset({"label-schema", "label-schema-editor"})),
    Place("intakes", "Bring in files", _KEEPERS, frozenset({"intake"}), menu="Incoming"),
    Place("quarantine", "Quarantine", _KEEPERS, menu="Incoming"),
    Place("text-reviews", "Text in pictures", _KEEPERS, menu="Incoming"),
    Place(
        "cohorts",
        "Datasets",
        _KEEPERS,
        frozenset(
            {
                "cohort",
                "release",
                "mark-imports",
                "mark-import",
                "withdrawals",
                "trainings",
                "training",
                "models",
                "model-proposals",
            }
        ),
    ),
    Place("exports", "Exports", _KEEPERS, menu="System"),
    Place("jobs", "Jobs", _KEEPERS, menu="System"),
    Place("people", "People", _ADMIN, menu="System"),
    Place("audit", "Audit", _ADMIN, frozenset({"key-map", "key-map-reveal"}), menu="System"),
)
_HOME = {Role.RADIOLOGIST: "worklist", Role.DATA_MANAGER: "studies", Role.ADMIN: "assignments"}


def places_for(role: str) -> list[Place]:
    """The top bar of a role, in order."""
    return [place for place in PLACES if role in place.roles]


def home_of(role: str) -> str:
    """The address name where a role's day begins."""
    return _HOME.get(Role(role), "worklist")

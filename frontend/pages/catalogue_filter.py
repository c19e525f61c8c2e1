"""What the catalogue's filter asks for, read from the address and applied to studies."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from annotator.imaging.models import Study

_TEXT_FIELDS = (
    "patient__patient_id",
    "patient__name",
    "description",
    "accession_number",
    "study_instance_uid",
)
STATES = (("", "Any"), ("ready", "Ready"), ("waiting", "Not ready"))


@dataclass(frozen=True)
class CatalogueFilter:
    """`q`: words that must all occur; dates as ISO 8601, inclusive; `state`: "", "ready" or "waiting"."""

    q: str = ""
    modality: str = ""
    since: date | None = None
    until: date | None = None
    state: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "CatalogueFilter":
        """Read the address; what can't be read counts as not asked."""
        return cls(
            q=query.get("q", "").strip(),
            modality=query.get("modality", "").strip(),
            since=_date(query.get("since", "")),
            until=_date(query.get("until", "")),
            state=query.get("state", "") if query.get("state") in {value for value, _ in STATES} else "",
        )

    @property
    def asks(self) -> bool:
        return bool(self.q or self.modality or self.since or self.until or self.state)

    def apply(self, studies: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow what studies_for gave: its counts of instances are asked too."""
        for word in self.q.split():
            anywhere = Q()
            for field in _TEXT_FIELDS:
                # A caret stands between the parts of a DICOM name; people write a comma or a blank.
                anywhere |= Q(**{f"{field}__icontains": word.strip(",")})
            studies = studies.filter(anywhere)
        if self.modality:
            studies = studies.filter(pk__in=Study.objects.filter(series__modality=self.modality).values("pk"))
        if self.since:
            studies = studies.filter(study_date__gte=f"{self.since:%Y%m%d}")
        if self.until:
            studies = studies.filter(study_date__lte=f"{self.until:%Y%m%d}").exclude(study_date="")
        if self.state == "ready":
            studies = studies.filter(instance_count__gt=0, ready_count=F("instance_count"))
        elif self.state == "waiting":
            studies = studies.exclude(instance_count__gt=0, ready_count=F("instance_count"))
        return studies


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None

"""Reads of the key map: pseudonyms for administrators, never the identities themselves."""

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from annotator.accounts.policies import Person
from annotator.imaging.deidentification.policies import may_see_key_map
from annotator.imaging.deidentification.site_key import site_key
from annotator.imaging.models import PatientKey, Study


def patient_keys_for(person: Person) -> QuerySet[PatientKey]:
    """The patients of the key map by pseudonym, each with `study_count`, without what is sealed."""
    if not may_see_key_map(person):
        return PatientKey.objects.none()
    studies = (
        Study.objects.filter(patient__patient_id=OuterRef("pseudonym"))
        .order_by()
        .values("patient__patient_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    count = Coalesce(Subquery(studies, output_field=IntegerField()), Value(0))
    return PatientKey.objects.defer("sealed").annotate(study_count=count).order_by("pseudonym")


def matching(text: str) -> Q:
    """Rows whose pseudonym holds this text, or whose original Patient ID it is, to the letter."""
    wanted = Q(pseudonym__icontains=text)
    if settings.DEIDENTIFICATION_KEY and text:
        wanted |= Q(lookup__startswith=site_key().lookup_of_id(text))
    return wanted

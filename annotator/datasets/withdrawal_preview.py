"""What withdrawing a patient would erase, looked up before it is done."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from annotator.accounts.errors import NotFoundError
from annotator.accounts.policies import Person
from annotator.datasets.models import ReleaseExport, ReleaseStack, Withdrawal
from annotator.datasets.policies import may_manage_datasets
from annotator.datasets.pseudonyms import patient_pseudonym
from annotator.imaging.models import Patient
from annotator.imaging.queries import studies_for


@dataclass(frozen=True)
class HeldBy:
    """What one release holds of a patient."""

    release: str
    title: str
    stacks: int
    frames: int
    marks: int


@dataclass(frozen=True)
class WithdrawalPreview:
    """What would go.

    Attributes
    ----------
    patient : pseudonym.
    studies : that are here; withdrawing erases nothing of them.
    held : by release, newest first.
    exports : finished zips that would be deleted.
    withdrawn : whether it was done already.
    """

    patient: str
    studies: int
    held: tuple[HeldBy, ...]
    exports: int
    withdrawn: bool


def preview_withdrawal(person: Person, name: str) -> WithdrawalPreview:
    """Look a patient up by pseudonym, or by identifier.

    Raises
    ------
    NotFoundError : there is none whom this person may see, or several with this identifier.
    """
    if not may_manage_datasets(person):
        raise NotFoundError("There is no such patient.")
    patient = _pseudonym_of(name)
    rows = ReleaseStack.objects.filter(patient=patient, content__isnull=False)
    held = (
        rows.values("release", "release__cohort__name", "release__number", "release__title", "release__created_at")
        .annotate(stacks=Count("pk"), frames=Sum("frame_count"), marks=Sum("mark_count"))
        .order_by("-release__created_at")
    )
    withdrawn = Withdrawal.objects.filter(patient=patient).exists()
    here = [one for one in Patient.objects.all() if patient_pseudonym(one.issuer, one.patient_id) == patient]
    if not held and not withdrawn and not here:
        raise NotFoundError(f"There is no patient {name!r}: give their identifier, or the pseudonym of a release.")
    return WithdrawalPreview(
        patient=patient,
        studies=studies_for(person).filter(patient__in=here).count(),
        held=tuple(
            HeldBy(
                release=str(one["release"]),
                title=f"{one['release__cohort__name']} {one['release__number'] or '(draft)'}",
                stacks=one["stacks"],
                frames=one["frames"],
                marks=one["marks"],
            )
            for one in held
        ),
        exports=ReleaseExport.objects.filter(
            release__in=rows.values("release"), deleted_because="", byte_size__isnull=False
        ).count(),
        withdrawn=withdrawn,
    )


def _pseudonym_of(name: str) -> str:
    """A pseudonym as it is; of an identifier, that patient's."""
    called = list(Patient.objects.filter(patient_id=name)[:2])
    if len(called) > 1:
        raise NotFoundError(f"Several patients are called {name!r}: give the pseudonym, which a release has.")
    return patient_pseudonym(called[0].issuer, called[0].patient_id) if called else name

"""Template words of the pages."""

from datetime import date, datetime, timedelta

from django import template
from django.http import HttpRequest
from django.utils import timezone

from annotator.accounts.policies import is_signed_in
from annotator.accounts.queries import viewer_preferences_of
from annotator.accounts.viewer_preferences import SHIPPED_TEXT, TEXT_SIZES
from annotator.imaging.burned_in.queries import waiting_reviews_for
from annotator.imaging.queries import body_parts_of, modalities_of
from annotator.jobs.models import Job
from frontend.pages import formatting
from frontend.pages.navigation import BarEntry, BarPlace, Place, places_for
from frontend.pages.study_state import state_of

register = template.Library()

register.filter("person_name", formatting.person_name)
register.filter("dicom_date", formatting.dicom_date)
register.filter("dicom_time", formatting.dicom_time)
register.filter("byte_count", formatting.byte_count)
register.filter("duration", formatting.duration)
register.filter("outcome_words", formatting.outcome_words)
register.filter("date_distance", formatting.date_distance)
register.filter("thousands", formatting.thousands)
register.filter("state_of", state_of)
register.filter("modalities_of", modalities_of)
register.filter("body_parts_of", body_parts_of)


@register.filter
def schema_act(action: str) -> str:
    """What was done to a label schema, as a verb."""
    return {
        "begin_schema_draft": "began a draft",
        "discard_schema_draft": "threw the draft away",
        "restore_schema_draft": "took the draft back",
        "rebase_schema_draft": "built the draft on another version",
        "publish_schema": "published version",
        "retire_schema": "retired it",
        "bring_back_schema": "brought it back",
        "import_schema": "took in version",
    }.get(action, action.replace("_", " "))


@register.filter
def due_words(due: date | None) -> str:
    """`in 5 days`, seen from today where the server stands."""
    return formatting.due_words(due, today=timezone.localdate())


@register.filter
def is_overdue(due: date | None) -> bool:
    return due is not None and due < timezone.localdate()


@register.filter
def percent(part: float) -> str:
    """A part of one as a place from 0 to 100 in a drawing, with a point whatever the language."""
    return f"{100 * min(1.0, max(0.0, part)):.1f}"


@register.filter
def reading_time(seconds: float | None) -> str:
    """How long a case was read; nothing where nobody opened it."""
    return formatting.duration(timedelta(seconds=seconds)) if seconds else ""


@register.filter
def job_duration(job: Job) -> str:
    """How long a job has run, or ran."""
    if job.started_at is None:
        return ""
    end: datetime = job.finished_at or timezone.now()
    span: timedelta = end - job.started_at
    return formatting.duration(span)


@register.simple_tag(takes_context=True)
def top_bar(context: template.Context) -> list[BarEntry]:
    """The top bar's entries for whoever is signed in; a menu stands where its first place would."""
    request: HttpRequest | None = context.get("request")
    # A request that is refused early, for its host name say, has no user yet.
    role = getattr(getattr(request, "user", None), "role", "")
    if request is None or not role:
        return []
    match = request.resolver_match
    here = match.url_name if match else ""
    entries: dict[str, BarEntry] = {}
    for place in places_for(role):
        entry = entries.setdefault(place.menu or place.url_name, BarEntry(place.menu))
        shown = BarPlace(place, here == place.url_name or here in place.also, _waiting_in(request, place))
        entry.places.append(shown)
        entry.here |= shown.here
        entry.waits += shown.waits
    return list(entries.values())


@register.simple_tag(takes_context=True)
def text_size(context: template.Context) -> str:
    """How large this person wants words."""
    request: HttpRequest | None = context.get("request")
    person = getattr(request, "user", None)
    if request is None or person is None or not is_signed_in(person):
        return SHIPPED_TEXT
    known: str | None = getattr(request, "text_size", None)
    if known is None:
        known = viewer_preferences_of(person)["text"]
        request.text_size = known  # type: ignore[attr-defined]
    return known


@register.simple_tag
def text_sizes() -> tuple[str, ...]:
    return TEXT_SIZES


def _waiting_in(request: HttpRequest, place: Place) -> int:
    """How much waits behind an entry of the top bar; 0 where nothing is counted."""
    return waiting_reviews_for(request.user).order_by().count() if place.url_name == "text-reviews" else 0


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """The present query string with some values changed; None takes one away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return query.urlencode()

"""Make a draft the next version of its schema. Versions are never changed afterwards, only superseded."""

from django.db import transaction

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.errors import ConflictError, InvalidError
from annotator.accounts.policies import Person
from annotator.accounts.signed_in import signed_in
from annotator.labels.actions.edit_draft import KIND, check_made_here, check_may_edit, check_revision, locked_draft
from annotator.labels.diff import SchemaText, compare_schemas
from annotator.labels.drafting import completed
from annotator.labels.exchange import check_title, content_hash
from annotator.labels.models import LabelSchema, LabelSchemaDraft, RetiredSchema, SchemaOrigin
from annotator.labels.queries import newest_version
from annotator.labels.schema import check_definition

LONGEST_REASON = 500


def publish_draft(person: Person, key: str, *, revision: int, reason: str) -> LabelSchema:
    """Publish a draft; from now on it is offered for new answers, also where the schema was retired.

    Parameters
    ----------
    revision : of the draft as it was looked at.
    reason : kept with the version and in the audit trail.

    Raises
    ------
    NotAllowedError : the person is no admin.
    InvalidError : no reason; path "reason".
    DefinitionError : it does not hold together; with the path of the fault.
    StaleError : somebody saved meanwhile; with what is there now.
    ConflictError : it was published or thrown away meanwhile, another version came meanwhile, or it says what the
        newest version says.
    """
    check_may_edit(person)
    why = check_reason(reason)
    with transaction.atomic():
        draft = locked_draft(key)
        check_revision(draft, revision)
        title, definition = check_title(draft.title), completed(draft.definition)
        check_definition(definition)
        newest = newest_version(key)
        _check_follows(draft, newest)
        detail: dict[str, object] = {"reason": why}
        if newest is not None:
            told = compare_schemas(SchemaText(newest.title, newest.definition), SchemaText(title, definition))
            if not told.changes:
                raise ConflictError(f"The draft says what {newest} says: there is nothing to publish.")
            detail |= {"before": str(newest), "changes": [change.words for change in told.changes]}
        schema = LabelSchema.objects.create(
            key=key,
            version=newest.version + 1 if newest else 1,
            title=title,
            definition=definition,
            origin=SchemaOrigin.SITE,
            published_by=signed_in(person),
            reason=why,
        )
        hashed = content_hash(key, schema.version, title=title, definition=definition)
        brought_back = RetiredSchema.objects.filter(key=key).delete()[0] > 0
        detail |= {"version": schema.version, "content_hash": hashed, "brought_back": brought_back}
        record_audit(person, "publish_schema", target_kind=KIND, target_id=key, detail=detail)
        draft.delete()
    return schema


def check_reason(reason: object) -> str:
    """Return why something is done, without blanks around it.

    Raises
    ------
    InvalidError : nothing, or too much; path "reason".
    """
    if not isinstance(reason, str) or not reason.strip() or "\x00" in reason:
        raise InvalidError("Say why, in a few words: it stays in the audit trail.", path="reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise InvalidError(f"A reason has at most {LONGEST_REASON} characters.", path="reason")
    return reason.strip()


def _check_follows(draft: LabelSchemaDraft, newest: LabelSchema | None) -> None:
    """The newest version is the one that the draft was begun from, or that its writer has seen since."""
    if newest is None:
        return
    check_made_here(newest)
    if draft.based_on != newest.version:
        raise ConflictError(
            f"{newest} was taken in after this draft was begun: look at what differs from it, and build on it."
        )

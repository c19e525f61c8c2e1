"""Who decides on suggestions."""

from annotator.accounts.policies import Person
from annotator.annotations.policies import may_annotate


def may_decide_on_suggestions(person: Person) -> bool:
    """Accepting makes a mark, so whoever may mark may decide; whether they're shown any is the grant's matter."""
    return may_annotate(person)

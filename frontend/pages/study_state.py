"""How far a study is, in words with a colour each. Pure."""

from dataclasses import dataclass

from annotator.imaging.models import Study


@dataclass(frozen=True)
class StateWords:
    """`kind` is the style's name of the state: ready, received, failed, look or empty; `at` names the page to go to."""

    kind: str
    words: str
    at: str = ""


def state_of(study: Study) -> list[StateWords]:
    """What is to be said of a study, the most pressing first; at least one."""
    states = []
    if study.failed_count:
        states.append(StateWords("failed", f"{study.failed_count:,} failed"))
    if study.review_count:
        states.append(StateWords("look", f"Text to look at: {study.review_count:,}", at="text-reviews"))
    if study.doubt_count:
        states.append(StateWords("look", "Side in doubt"))
    pending = study.instance_count - sum(
        (study.ready_count, study.failed_count, study.review_count, study.withheld_count)
    )
    if pending > 0:
        states.append(StateWords("received", f"Received, {study.ready_count:,} of {study.instance_count:,} ready"))
    elif study.instance_count == 0:
        states.append(StateWords("empty", "Empty"))
    elif not study.failed_count and not study.review_count:
        states.append(StateWords("ready", "Ready") if study.ready_count else StateWords("empty", "Withheld"))
    if study.withheld_count and study.ready_count:
        states.append(StateWords("empty", f"{study.withheld_count:,} withheld"))
    return states

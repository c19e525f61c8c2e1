"""Which versions of which models a study's arms show: named in the protocol, fixed at the launch, pinned to cases."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from annotator.assist.actions.copy_suggestions import copy_suggestions
from annotator.assist.actions.pin_models import pin_models
from annotator.assist.model_queries import answering_versions
from annotator.assist.models import ModelVersion, Suggestion
from annotator.assist.queries import highest_scores
from annotator.readerstudies.design import Arm, Protocol
from annotator.readerstudies.models import ReaderStudy


def missing_versions(protocol: Protocol) -> list[tuple[str, str]]:
    """(arm, "name version") of each model that an arm names and that isn't there; one query."""
    named = [(arm.name, version) for arm in protocol.arms for version in arm.versions if arm.uses_models]
    there = _called(version for _, version in named)
    return [(arm, version) for arm, version in named if version not in there]


def versions_now(study: ReaderStudy) -> list[str]:
    """What an arm that names no model would show: what is proposed in the study's cases, and what answers now."""
    proposed = Suggestion.objects.filter(case__in=study.items.values("case")).order_by()
    versions = ModelVersion.objects.filter(pk__in=proposed.values("model_version"))
    return sorted({str(one) for one in [*versions, *answering_versions()]})


def with_versions(study: ReaderStudy, protocol: Protocol) -> Protocol:
    """The protocol with the versions written in where an arm named none: a launch fixes them for good."""
    if not any(arm.uses_models and not arm.versions for arm in protocol.arms):
        return protocol
    now = ", ".join(versions_now(study))
    arms = tuple(replace(arm, model=now) if arm.uses_models and not arm.versions else arm for arm in protocol.arms)
    return replace(protocol, arms=arms)


def show_suggestions(arm: Arm, copies: Sequence[tuple[UUID, UUID]]) -> None:
    """Have copies of cases show what the arm shows: the suggestions of its versions, and no other version ever.

    Parameters
    ----------
    copies : (case, copy).
    """
    if arm.suggestions == "never" or not copies:
        return
    for version in arm.versions or ("",):
        copy_suggestions(copies, model=version)
    pinned = sorted(_called(arm.versions).values())
    pin_models([(copy, pinned) for _, copy in copies])


def triage_scores(arm: Arm, cases: Iterable[UUID]) -> dict[UUID, float]:
    """The highest score of each case by the arm's versions; of all where none is named."""
    wanted = list(cases)
    found: dict[UUID, float] = {}
    for version in arm.versions or ("",):
        for case, score in highest_scores(wanted, model=version).items():
            found[case] = max(score, found.get(case, 0.0))
    return found


def _called(names: Iterable[str]) -> dict[str, int]:
    """Primary keys of versions by "name version"."""
    wanted = set(names)
    rows = ModelVersion.objects.filter(name__in={name.partition(" ")[0] for name in wanted}) if wanted else ()
    return {str(one): one.pk for one in rows if str(one) in wanted}


def unnamed_arms(protocol: Protocol) -> Iterator[str]:
    """Arms that a model takes part in without being named."""
    return (arm.name for arm in protocol.arms if arm.uses_models and not arm.versions)

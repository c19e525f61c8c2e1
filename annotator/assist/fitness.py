"""Whether a model is asked about pictures like these. Pure."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Fitness:
    """Whether it answers.

    Attributes
    ----------
    reason : in words, where it doesn't.
    note : what stands with each of its suggestions, where it answers about what it did not learn from.
    """

    answers: bool
    reason: str = ""
    note: str = ""


def plain_anatomy(name: str) -> str:
    """As anatomies are compared: headers write BREAST, cards breast."""
    return " ".join(name.split()).casefold()


def fitness_of(
    *, model: str, modality: str, anatomy: str, asked_modality: str, asked_anatomy: str, allowed: Collection[str]
) -> Fitness:
    """Another modality is refused, always; another anatomy unless an admin allowed it.

    Parameters
    ----------
    model : its name, for the words.
    modality, anatomy : what it is meant for.
    asked_anatomy : "" where the pictures name none.
    allowed : anatomies, as plain_anatomy makes them.
    """
    if asked_modality != modality:
        return Fitness(False, f"{model} learned from {modality}; it isn't asked about {asked_modality or 'others'}.")
    asked = plain_anatomy(asked_anatomy)
    if asked == plain_anatomy(anatomy):
        return Fitness(True)
    named = f"shows {asked}" if asked else "names no anatomy"
    if asked in allowed:
        return Fitness(True, note=f"{model} learned from {anatomy}; this {named}. Allowed by an admin, not measured.")
    return Fitness(False, f"{model} learned from {anatomy}; this {named}. An admin can allow it on the page of models.")

"""What of a model's card the registry needs, and whether it holds together. Pure."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from annotator.accounts.errors import InvalidError

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_BYTES = 200_000_000


@dataclass(frozen=True)
class CardFacts:
    """What a card says of its model; `sha256` is that of the weights, which were looked at."""

    name: str
    task: str
    modality: str
    anatomy: str
    use: str
    sha256: str


def facts_of(card: dict[str, Any], weights: bytes) -> CardFacts:
    """Read a card beside the weights that it belongs to.

    Raises
    ------
    InvalidError : the weights are not the card's, or the card doesn't say what the model is meant for; with the path.
    """
    digest = hashlib.sha256(weights).hexdigest()
    try:
        name, said = str(card["name"]), str(card["weights"]["sha256"])
        intended = card["intended"]
        modality, anatomy, use = (str(intended[one]).strip() for one in ("modality", "anatomy", "use"))
    except (KeyError, TypeError) as error:
        raise InvalidError(f"This is no model card: {error} is missing.", "card") from error
    if said != digest:
        raise InvalidError(
            f"The card belongs to other weights: it says {said[:12]}…, these are {digest[:12]}….", "card"
        )
    if not _NAME.fullmatch(name) or len(name) > 64:
        raise InvalidError("A model's name is small letters, figures and hyphens.", "card.name")
    if not modality or not anatomy or len(modality) > 16 or len(anatomy) > 64:
        raise InvalidError(
            "A model is registered for one modality and anatomy: train it with `anatomy` named.",
            "card.intended.anatomy",
        )
    if len(weights) > _MOST_BYTES:
        raise InvalidError("Weights of more than 200 MB are not taken.", "weights")
    return CardFacts(name, str(card.get("task", ""))[:64], modality, anatomy, use, digest)

"""Keep what a training came to as a version of a model."""

import uuid

from annotator.accounts.models import User
from annotator.assist.actions.register_model import register_model
from annotator.assist.models import ModelVersion
from annotator.imaging.store.filing import open_place
from ml_assist.queries import training_file_for

_WEIGHTS = "weights.safetensors"


def register_training(person: User, run_id: uuid.UUID) -> ModelVersion:
    """Register a finished training's weights under its card.

    Raises
    ------
    NotAllowedError, NotFoundError : not theirs to see, or it isn't finished.
    InvalidError : its card names no anatomy.
    """
    run, place = training_file_for(person, run_id, _WEIGHTS)
    with open_place(place) as file:
        return register_model(person, run.card, file.read())

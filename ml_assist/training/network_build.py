"""What whoever goes on from a trained network can't change of it. Nothing of torch: requests are checked by it."""

import json
from collections.abc import Mapping
from typing import Any

from annotator.accounts.errors import InvalidError
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.unet_config import UNetConfig

Config = UNetConfig | CaliperConfig
_BUILD: dict[type, tuple[str, ...]] = {UNetConfig: ("filters", "guidance", "windows"), CaliperConfig: ("filters",)}
# What a card calls the work of a network that is trained with such a configuration.
_TASK: dict[type, str] = {UNetConfig: "segmentation", CaliperConfig: "calipers"}


def can_begin(card: Mapping[str, Any], config: type[Config]) -> bool:
    """Whether a network of this card is of the kind that such a configuration trains."""
    return card.get("task") == _TASK[config] and "filters" in card.get("config", {})


def build_of(card: Mapping[str, Any], config: type[Config]) -> dict[str, Any]:
    """The members that whoever goes on from this network needn't name; the other ones say what it is asked with.

    Raises
    ------
    InvalidError : it is another kind of network; path "begin".
    """
    if not can_begin(card, config):
        work = card.get("task") or "not said"
        raise InvalidError(
            f"This network is of another kind: its work is {work}, not {_TASK[config]}. Choose one of the kind that is "
            "trained.",
            "begin",
        )
    return {"filters": card["config"]["filters"]}


def check_build(card: Mapping[str, Any], config: Config) -> None:
    """Refuse to go on from a network that is built otherwise.

    Parameters
    ----------
    card : of the network to go on from.

    Raises
    ------
    InvalidError : another kind of network, or of other members; path "begin".
    """
    build_of(card, type(config))
    asked = json.loads(json.dumps(config.to_json()))
    for name in _BUILD[type(config)]:
        its = card["config"].get(name)
        if its != asked[name]:
            raise InvalidError(
                f"The network to go on from has {name} {json.dumps(its)}, asked for is {json.dumps(asked[name])}. "
                "Ask for the same, or begin with another one.",
                "begin",
            )

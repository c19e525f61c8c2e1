"""How a caliper network is trained: one object that makes the same training again. Nothing of torch."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from annotator.accounts.errors import InvalidError
from ml_assist.training.config_members import check_members, members_from_json
from ml_assist.training.unet_config import Device, Precision

_WHOLE = {
    "size": (64, 512), "rounds": (1, 5), "epochs": (1, 1000), "steps": (1, 10_000), "batch_size": (1, 256),
    "seed": (0, 2**31),
}  # fmt: skip
_NUMBERS = {"learning_rate": (1e-6, 1.0), "drawn": (0.0, 1.0), "plain": (0.0, 1.0), "hard": (0.0, 1.0)}
_CHOICES = {"device": ("auto", "cpu", "cuda"), "precision": ("auto", "full", "half")}
_LEVELS = 5


@dataclass(frozen=True)
class CaliperConfig:
    """As the shipped one was trained.

    Attributes
    ----------
    size : of the crops' sides, pixels, a multiple of 16.
    filters : of the picture itself and of its four halvings.
    rounds : the first learns from what the matching detector is sure of; each later one from what it and the network
        agree on.
    epochs : of each round, of `steps` batches each.
    drawn : the part of crops that calipers are drawn onto.
    plain : the part of crops whose background is no ultrasound.
    hard : from the second round on, the part of the other crops that lie where people checked and it was wrong.
    """

    name: str = "caliper-network"
    modality: str = "US"
    anatomy: str = "breast"
    size: int = 192
    filters: tuple[int, ...] = (12, 24, 32, 48, 64)
    rounds: int = 2
    epochs: int = 10
    steps: int = 100
    batch_size: int = 16
    learning_rate: float = 0.003
    drawn: float = 0.6
    plain: float = 0.12
    hard: float = 0.35
    seed: int = 1
    device: Device = "auto"
    precision: Precision = "auto"

    def __post_init__(self) -> None:
        check_members(self, choices=_CHOICES, whole=_WHOLE, numbers=_NUMBERS)
        if self.size % 16:
            raise InvalidError("The sides are a multiple of 16: four levels halve them.", "config.size")
        sizes = [isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= 512 for one in self.filters]
        if len(sizes) != _LEVELS or not all(sizes):
            raise InvalidError("There are five levels of 1 to 512 filters.", "config.filters")

    def changed(self, **members: Any) -> Self:
        """The same with other members, checked again."""
        return replace(self, **members)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"filters": list(self.filters)}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """As a program or a file has it; what is left out is as shipped.

        Raises
        ------
        InvalidError : with the path of the fault, e.g. "config.size".
        """
        return cls(**members_from_json(cls, data))

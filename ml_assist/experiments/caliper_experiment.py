"""The paper's experiment on a folder of one's own: three approaches, shares of the training patients, several seeds.

Source: Buda et al., Ultrasound Med Biol 46 (2020) 415-421: masks made of calipers, precise masks, and precise
masks with the approximate one as a second channel; mean Dice over the test pictures, the median of ten trainings.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ml_assist.experiments.experiment_table import APPROACHES, Approach, Cell, JudgedRun, write_tables
from ml_assist.training.folder_source import CaliperFinder, FolderSource, FolderTable
from ml_assist.training.train_unet import train_unet
from ml_assist.training.unet_config import PRESETS, UNetConfig

Report = Callable[[int, str], None]


@dataclass(frozen=True)
class ExperimentPlan:
    """What is run.

    Attributes
    ----------
    shares : of the training patients, each above 0 and at most 1; the smaller are parts of the larger.
    epochs : for each share; a small one sees fewer pictures an epoch.
    members : of every training, over its approach's.
    """

    shares: tuple[float, ...]
    seeds: tuple[int, ...]
    epochs: tuple[int, ...]
    members: dict[str, Any]

    def config(self, approach: Approach, share: float, seed: int) -> UNetConfig:
        """Raises InvalidError where a member doesn't fit."""
        guided: dict[str, Any] = {"guidance": ("calipers",)} if approach == "guided" else {}
        made = UNetConfig.from_json(
            PRESETS["ultrasound"].to_json()
            | {"calipers": "find", "only_with_calipers": True}
            | self.members
            | {"truth": "calipers" if approach == "approximate" else "marks"}
        )
        return replace(
            made, **guided, share=share, seed=seed, epochs=self.epochs[self.shares.index(share)], name=f"a5-{approach}"
        )


def run_experiment(
    folder: Path,
    table: FolderTable,
    plan: ExperimentPlan,
    to: Path,
    *,
    command: str,
    report: Report,
    finder: CaliperFinder | None = None,
) -> dict[str, Any]:
    """Train what isn't trained yet, and write the table after each training; killed, it goes on where it was.

    Parameters
    ----------
    finder : of the calipers; the matching detector without one.

    Returns
    -------
    what experiment.json has.

    Raises
    ------
    InvalidError : the folder, its table or a member doesn't fit.
    """
    runs = [(approach, share, seed) for seed in plan.seeds for share in sorted(plan.shares) for approach in APPROACHES]
    judged: list[JudgedRun] = []
    made: dict[str, Any] = {}
    for number, (approach, share, seed) in enumerate(runs):
        config = plan.config(approach, share, seed)
        place = to / "runs" / f"{approach}-{share:g}-{seed}"
        said = f"{approach}, {share:.0%}, seed {seed}"

        def part(percent: int, doing: str, number: int = number, said: str = said) -> None:
            report((100 * number + percent) // len(runs), f"{said}: {doing}")

        source = FolderSource(folder, config, table, finder=finder)
        if not _is_done(place, config, source):
            train_unet(source, config, place, command=command, report=part, squares=to / "squares")
        judged.append(_judged(place, Cell(approach, share), seed))
        made = write_tables(to, judged, plan_said=_said(plan, config, source, command), planned=len(runs))
    return made


def _is_done(place: Path, config: UNetConfig, source: FolderSource) -> bool:
    card = place / "card.json"
    if not card.exists():
        return False
    kept = json.loads(card.read_text())
    same = UNetConfig.from_json(kept["config"]) == config
    return bool(same and kept["data"]["hash"] == source.description()["hash"])


def _judged(place: Path, cell: Cell, seed: int) -> JudgedRun:
    [judgement] = json.loads((place / "report.json").read_text())["judgements"]
    # The table of pictures leaves patients out where it is read by people; the report has them.
    pictures: Sequence[dict[str, Any]] = judgement["pictures"]
    training = json.loads((place / "card.json").read_text())
    return JudgedRun(
        cell=cell,
        seed=seed,
        dice={one["key"]: float(one["dice"]) for one in pictures},
        guide_dice={one["key"]: float(one["guide_dice"]) for one in pictures if "guide_dice" in one},
        patients={one["key"]: str(one["patient"]) for one in pictures},
        taught_by=int(training["data"]["taken"]["train"]),
        epochs=int(training["training"]["epochs"]),
        seconds=float(training["training"]["seconds"]),
    )


def _said(plan: ExperimentPlan, config: UNetConfig, source: FolderSource, command: str) -> dict[str, Any]:
    plain = config.to_json()
    said = ("size", "filters", "batch_size", "learning_rate", "schedule", "precision", "rotation", "imbalance")
    return {
        "shares": list(plan.shares),
        "seeds": list(plan.seeds),
        "epochs": list(plan.epochs),
        "config": {name: plain[name] for name in said},
        "data": source.description(),
        "command": command,
    }

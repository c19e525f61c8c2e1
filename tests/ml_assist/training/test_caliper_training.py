"""A tiny caliper network is trained, stopped, gone on with, judged, written and read again."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from annotator.accounts.errors import InvalidError
from ml_assist.inference.caliper_network import CaliperNetwork
from ml_assist.networks.weights import WeightsError
from ml_assist.training.begun_network import BegunNetwork
from ml_assist.training.caliper_config import CaliperConfig
from ml_assist.training.checked_calipers import CheckedCalipers
from ml_assist.training.folder_source import FolderSource, FolderTable
from ml_assist.training.train_caliper import VerifiedCalipers, train_caliper
from ml_assist.training.unet_config import ULTRASOUND
from tests.ml_assist.training.phantom_folder import phantom_folder

TINY = CaliperConfig(
    size=64, filters=(4, 8, 8, 8, 8), rounds=2, epochs=2, steps=3, batch_size=2, device="cpu", precision="full"
)


class _StoppedError(Exception):
    pass


def _source(folder: Path) -> FolderSource:
    return FolderSource(folder, ULTRASOUND, FolderTable(fractions=(0.6, 0.2, 0.2)))


def test_a_stopped_training_goes_on_where_it_was_and_comes_out_the_same(tmp_path: Path):
    phantoms = phantom_folder(tmp_path / "phantoms", patients=6, pictures=1)
    source = _source(phantoms)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    verified = VerifiedCalipers(
        test=CheckedCalipers({one.key: np.array([[40.5, 30.5]]) for one in source.pictures() if one.side == "test"}),
        names={"test": "some.tsv"},
    )
    said: list[str] = []

    def until_the_second_round(_percent: int, doing: str) -> None:
        said.append(doing)
        if doing.startswith("Round 2, epoch 2"):
            raise _StoppedError

    try:
        whole = train_caliper(
            source, TINY, tmp_path / "whole", verified=verified, command="once", report=lambda *_: None
        )
        with pytest.raises(_StoppedError):
            train_caliper(
                source, TINY, tmp_path / "cut", verified=verified, command="again", report=until_the_second_round
            )
        begun: list[str] = []
        cut = train_caliper(
            source,
            TINY,
            tmp_path / "cut",
            verified=verified,
            command="again",
            report=lambda _percent, doing: begun.append(doing),
        )
    finally:
        torch.set_num_threads(threads)
    assert cut["weights"]["sha256"] == whole["weights"]["sha256"]
    assert next(words for words in begun if words.startswith("Round")).startswith("Round 2, epoch 2")
    assert 0 < whole["threshold"] < 1
    assert whole["metrics"]["test"]["network"][0]["calipers"] == len(verified.test.calipers)
    assert {one["criterion"] for one in whole["metrics"]["test"]["matching"]} == {"3 pixels", "boxes"}
    assert whole["data"]["verified"] == {"test": "some.tsv"}
    _read_again(tmp_path / "whole", whole)


def _read_again(folder: Path, card: dict) -> None:
    weights = (folder / "weights.safetensors").read_bytes()
    network = CaliperNetwork(card, weights)
    image = np.random.default_rng(1).integers(0, 255, (70, 90, 3), np.uint8)
    every = network.find(image, minimum_score=0.0)
    assert every
    assert every == sorted(every, key=lambda one: -one.score)
    assert all(0 <= one.column < 90 and 0 <= one.row < 70 for one in every)
    assert network.find_many([image, image[:40]], minimum_score=0.0)[0] == every
    assert network.find(np.empty((0, 0), np.uint8)) == []
    # The lower and right edge of a picture is the network's own: what is filled up comes above and before.
    filled_up = network.find(np.pad(image, ((10, 0), (6, 0), (0, 0))), minimum_score=0.0)
    inside = [(one.column - 6, one.row - 10) for one in filled_up if one.column > 12 and one.row > 16]
    assert len(inside) > 5
    near = np.array([(one.column, one.row) for one in every])
    assert all(np.hypot(*(near - place).T).min() < 0.01 for place in inside)
    with pytest.raises(ValueError, match="8-bit"):
        network.find(image.astype(float))
    with pytest.raises(WeightsError, match="SHA-256"):
        CaliperNetwork(card, weights[:-1] + bytes([weights[-1] ^ 1]))


def test_pictures_to_judge_by_that_are_not_held_out_are_refused(tmp_path: Path):
    source = _source(phantom_folder(tmp_path / "phantoms", patients=6, pictures=1))
    taught = next(one.key for one in source.pictures() if one.side == "train")
    verified = VerifiedCalipers(test=CheckedCalipers({taught: np.empty((0, 2))}))
    with pytest.raises(InvalidError, match="isn't on that side"):
        train_caliper(source, TINY, tmp_path / "out", verified=verified, command="", report=lambda *_: None)


def test_patients_whose_pictures_are_judged_by_are_moved_to_the_test_side_whole(tmp_path: Path):
    folder = phantom_folder(tmp_path / "phantoms", patients=8, pictures=2)
    table = FolderTable(patient="Case", fractions=(0.5, 0.25, 0.25))
    before = {one.key: one for one in FolderSource(folder, ULTRASOUND, table).pictures()}
    moved = next(one for one in before.values() if one.side == "train")
    source = FolderSource(folder, ULTRASOUND, replace(table, held_out=frozenset({moved.key})))
    for one in source.pictures():
        assert one.side == ("test" if one.patient == moved.patient else before[one.key].side)
    assert source.description()["split"]["patients_moved_to_test"] == 1


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"size": 70}, "config.size"),
        ({"filters": [8, 8]}, "config.filters"),
        ({"rounds": 0}, "config.rounds"),
        ({"precision": "third"}, "config.precision"),
        ({"drawn": 2}, "config.drawn"),
        ({"colour": 1}, "config.colour"),
    ],
)
def test_a_member_that_does_not_fit_is_named(members: dict, path: str):
    with pytest.raises(InvalidError) as refused:
        CaliperConfig.from_json(members)
    assert refused.value.path == path
    assert CaliperConfig.from_json(TINY.to_json()) == TINY


def test_a_picture_in_parts_gives_what_it_gives_in_one(monkeypatch: pytest.MonkeyPatch):
    """What lies on the seam is found once, and at its place."""
    from ml_assist.inference import caliper_network
    from ml_assist.networks.caliper_net import CaliperNet

    torch.manual_seed(3)
    network = CaliperNet((4, 8, 8, 8, 8)).eval()
    finder = CaliperNetwork.of(network, TINY, device=torch.device("cpu"))
    image = cv2.GaussianBlur(np.random.default_rng(2).integers(0, 255, (320, 320), np.uint8), (0, 0), 2)
    places = np.array([(one.column, one.row) for one in finder.find(image, minimum_score=0.0)])
    monkeypatch.setattr(caliper_network, "_PART", 160)
    monkeypatch.setattr(caliper_network, "_MARGIN", 160)
    parts = np.array([(one.column, one.row) for one in finder.find(image, minimum_score=0.0)])
    # Not rounded: that would part two numbers on either side of a half which differ in their last bit.
    apart = np.hypot(*(places[:, None] - parts[None]).transpose(2, 0, 1))
    assert len(places) == len(parts)
    assert max(apart.min(axis=0).max(), apart.min(axis=1).max()) < 0.001


def test_what_people_checked_is_learned_from_as_it_is_and_another_training_goes_on_from_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source = _source(phantom_folder(tmp_path / "phantoms", patients=6, pictures=1))
    checked = {
        side: CheckedCalipers(
            {one.key: np.array([[20.5, 30.5], [40.5, 30.5]]) for one in source.pictures() if one.side == side},
            {one.key: np.array([[50.5, 50.5]]) for one in source.pictures() if one.side == side},
        )
        for side in ("train", "val")
    }
    verified = VerifiedCalipers(train=checked["train"], val=checked["val"])
    looked_for: list[int] = []
    monkeypatch.setattr(
        "ml_assist.training.caliper_labels.find_calipers", lambda *_args, **_named: looked_for.append(1) or []
    )
    config = TINY.changed(rounds=1, epochs=1)

    def train(name: str, begin: BegunNetwork | None, config: CaliperConfig = config) -> dict:
        place = tmp_path / name
        return train_caliper(
            source, config, place, verified=verified, command=name, report=lambda *_: None, begin=begin
        )

    first = train("first", None)
    pictures = len(checked["train"].calipers)
    assert first["data"]["labels_by_round"][0]["train"] == {"sure": 2 * pictures, "unsure": pictures, "without": 0}
    assert not looked_for, "nothing is looked for on pictures that people checked"
    assert any(f"checked by eye on {pictures} pictures" in said for said in first["limits"])
    begin = BegunNetwork.in_folder(tmp_path / "first")
    second = train("second", begin)
    assert second["training"]["begin"] == first["weights"]["sha256"]
    assert second["weights"]["sha256"] != first["weights"]["sha256"]
    with pytest.raises(InvalidError, match="Ask for the same"):
        train("third", begin, config.changed(filters=(4, 8, 8, 8, 16)))
    with pytest.raises(InvalidError, match="should hold"):
        BegunNetwork.in_folder(tmp_path)

"""What a training is fed: prepared once, divided by patient, the same again for the same seed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from annotator.accounts.errors import InvalidError
from ml_assist.training.batches import Batches, on_device
from ml_assist.training.dice import dice_of_masks, dice_summary
from ml_assist.training.folder_source import FolderSource, FolderTable
from ml_assist.training.losses import loss_for
from ml_assist.training.prepared_set import PreparedSet, prepare
from ml_assist.training.unet_config import PRESETS, ULTRASOUND, UNetConfig
from ml_assist.training.unet_trainer import UNetTrainer
from tests.ml_assist.training.phantom_folder import phantom_folder

CONFIG = ULTRASOUND.changed(size=64, filters=(4, 4, 4, 4), batch_size=4, calipers="known", device="cpu")
TABLE = FolderTable(calipers=("calipers.tsv",), group="kind")


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Networks of a few filters are done sooner by one thread than two agree on their parts."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def unsaid(_percent: int, _doing: str) -> None:
    """Progress that nobody reads."""


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phantom_folder(tmp_path_factory.mktemp("phantoms"))


@pytest.fixture(scope="module")
def prepared(phantoms: Path) -> PreparedSet:
    return prepare(FolderSource(phantoms, CONFIG, TABLE), CONFIG, phantoms / "prepared", report=unsaid)


def test_sides_share_no_patient_and_a_smaller_share_is_part_of_a_larger_one(prepared: PreparedSet):
    sides = {side: prepared.numbers(side, CONFIG) for side in ("train", "val", "test")}
    owners = [{prepared.examples[number].patient for number in numbers} for numbers in sides.values()]
    assert sum(map(len, owners)) == len(set.union(*owners)) == 12
    half = prepared.numbers("train", CONFIG.changed(share=0.5))
    tenth = prepared.numbers("train", CONFIG.changed(share=0.2))
    assert set(tenth) < set(half) < set(sides["train"])
    assert prepared.numbers("test", CONFIG.changed(share=0.2)) == sides["test"]
    measured = prepared.numbers("train", CONFIG.changed(only_with_calipers=True))
    assert all(len(prepared.examples[number].calipers) == 4 for number in measured)


def test_preparing_goes_on_after_a_kill_with_the_same_outcome(prepared: PreparedSet, phantoms: Path, tmp_path: Path):
    class Killed(BaseException):
        pass

    def until_the_ninth(_percent: int, doing: str) -> None:
        if "picture 9 " in doing:
            raise Killed

    source = FolderSource(phantoms, CONFIG, TABLE)
    with pytest.raises(Killed):
        prepare(source, CONFIG, tmp_path / "set", report=until_the_ninth)
    with (tmp_path / "set" / "index.jsonl").open("a") as index:
        index.write('{"key": "half a li')
    said: list[str] = []
    again = prepare(source, CONFIG, tmp_path / "set", report=lambda _percent, doing: said.append(doing))
    assert said[0] == "Preparing picture 9 of 24"
    assert again.examples == prepared.examples
    assert np.array_equal(again.pictures, prepared.pictures)
    assert np.array_equal(again.masks, prepared.masks)
    other = prepare(source, CONFIG.changed(size=32), tmp_path / "set", report=unsaid)
    assert other.pictures.shape[2:] == (32, 32), "another size is another set"


def test_batches_are_the_same_for_the_same_seed_and_epoch_and_rare_groups_come_as_often(prepared: PreparedSet):
    config = CONFIG.changed(guidance=("extremes", "box"))
    numbers = prepared.numbers("train", config)

    def made(config: UNetConfig, epoch: int) -> tuple[list[int], torch.Tensor]:
        batches = list(Batches(prepared, config).training(numbers, epoch=epoch))
        return [one for batch in batches for one in batch.numbers], torch.cat([batch.guides for batch in batches])

    first, guides = made(config, 3)
    again, same_guides = made(config, 3)
    assert first == again
    assert torch.equal(guides, same_guides)
    assert made(config, 4)[0] != first
    assert made(config.changed(seed=2), 3)[0] != first
    assert sorted(made(config.changed(imbalance="none"), 3)[0]) == numbers, "each once"
    groups = [prepared.examples[one].group for epoch in range(40) for one in made(CONFIG, epoch)[0]]
    assert groups.count("empty") / len(groups) == pytest.approx(0.5, abs=0.08)


def test_picture_truth_and_guide_are_turned_alike_and_stay_alike_when_judged(prepared: PreparedSet):
    config = CONFIG.changed(guidance=("calipers",), rotation=45.0, imbalance="none")
    numbers = [number for number in prepared.numbers("train", config) if prepared.examples[number].calipers]
    plain = torch.zeros(1), torch.ones(1)
    moved = 0
    for batch in Batches(prepared, config).training(numbers, epoch=1):
        taken, truths = on_device(batch, torch.device("cpu"), mean=plain[0], deviation=plain[1])
        assert taken.shape == (len(batch.numbers), 2, 64, 64)
        dice = dice_of_masks(taken[:, 1:], truths)
        assert min(dice) > 0.85, "the curve through four calipers follows the disc wherever it was turned"
        inside = [float(one[0][mask[0] > 0].mean()) for one, mask in zip(taken, truths, strict=True)]
        outside = [float(one[0][mask[0] == 0].mean()) for one, mask in zip(taken, truths, strict=True)]
        assert np.mean(inside) < np.mean(outside), "the disc is dark"
        moved += sum(not torch.equal(truths[at], batch.truths[at].float()) for at in range(len(batch.numbers)))
    assert moved == len(numbers)
    [inside] = Batches(prepared, config).parts(numbers[:1])
    assert inside[0].any()
    assert not inside[0, :7].any(), "a wide picture lies in the middle, black above it"
    assert prepared.pictures[numbers[0], 0][~inside[0].numpy()].max() == 0
    [judged, *_] = Batches(prepared, config).judging(numbers)
    assert torch.equal(
        on_device(judged, torch.device("cpu"), mean=plain[0], deviation=plain[1])[1], judged.truths.float()
    )


def test_half_of_the_pictures_are_mirrored_where_no_side_tells_anything(prepared: PreparedSet):
    config = CONFIG.changed(mirror=True, rotation=0.0, shift=0.0, scale=0.0)
    plain = torch.zeros(1), torch.ones(1)
    mirrored = []
    for epoch in range(1, 4):
        for batch in Batches(prepared, config).training(prepared.numbers("train", config), epoch=epoch):
            _, truths = on_device(batch, torch.device("cpu"), mean=plain[0], deviation=plain[1])
            for made, given in zip(truths, batch.truths.float(), strict=True):
                if not torch.equal(given, given.flip(-1)):
                    assert torch.equal(made, given) or torch.equal(made, given.flip(-1))
                    mirrored.append(torch.equal(made, given.flip(-1)))
    assert 0.2 < np.mean(mirrored) < 0.8


def test_truth_may_be_made_of_calipers(prepared: PreparedSet):
    config = CONFIG.changed(truth="calipers")
    number = next(one for one in prepared.numbers("train", config) if prepared.examples[one].calipers)
    approximate, exact = Batches(prepared, config).truth(number), Batches(prepared, CONFIG).truth(number)
    [dice] = dice_of_masks(torch.from_numpy(approximate)[None, None], torch.from_numpy(exact.copy())[None, None])
    assert 0.9 < dice < 1
    assert np.array_equal(exact, prepared.masks[number])


@pytest.mark.parametrize("imbalance", ["oversample", "weighted", "focal", "none"])
def test_every_loss_falls_from_a_wrong_drawing_to_a_right_one(imbalance: str):
    truth = torch.zeros(2, 1, 16, 16)
    truth[0, 0, 4:9, 4:9] = 1
    loss = loss_for(imbalance, positive_share=0.05)  # type: ignore[arg-type]
    right, wrong = (float(loss((2 * drawn - 1) * 6, truth)) for drawn in (truth, 1 - truth))
    assert right < 0.5 < wrong


def test_it_ends_when_the_validation_loss_has_not_fallen_for_as_long_as_patience_lasts(
    prepared: PreparedSet, tmp_path: Path
):
    config = CONFIG.changed(epochs=30, patience=2, learning_rate=1e-6, imbalance="none", share=0.2)
    trainer = UNetTrainer(prepared, config, tmp_path, made_of={})
    losses = iter([0.5, 0.4, 0.6, 0.4, 0.1])
    # Named: what is judged stands still here, so that the end depends on nothing that is learned.
    trainer._judge = lambda _epoch, _report: (next(losses), 0.5)  # type: ignore[method-assign]
    done = trainer.train(report=unsaid)
    assert ([one.epoch for one in done.history], done.best_epoch) == ([1, 2, 3, 4], 2)


def test_a_loss_that_is_no_number_ends_it_in_words(prepared: PreparedSet, tmp_path: Path):
    trainer = UNetTrainer(prepared, CONFIG.changed(epochs=2, share=0.2), tmp_path, made_of={})
    # Named: as in the test above.
    trainer._judge = lambda _epoch, _report: (float("nan"), 0.5)  # type: ignore[method-assign]
    with pytest.raises(InvalidError, match="lower learning_rate"):
        trainer.train(report=unsaid)


def test_dice_is_that_of_the_definition_and_its_interval_knows_of_patients():
    truth, drawn = torch.zeros(3, 1, 4, 4), torch.zeros(3, 1, 4, 4)
    truth[0, 0, :2], drawn[0, 0, 1:3] = 1, 1
    drawn[2, 0, 0, 0] = 1
    assert dice_of_masks(drawn, truth) == [0.5, 1.0, 0.0], "half; both empty; invented"
    random = np.random.default_rng(3)
    of_patient = np.repeat(random.uniform(0.5, 1, 30), 10)
    alone = dice_summary(of_patient.tolist(), [str(one) for one in range(300)], seed=1)
    alike = dice_summary(of_patient.tolist(), [str(one // 10) for one in range(300)], seed=1)
    assert None not in (alone.low, alone.high, alike.low, alike.high)
    assert (alike.patients, alike.pictures) == (30, 300)
    assert alike.high - alike.low > 2 * (alone.high - alone.low)
    assert alike.mean == pytest.approx(of_patient.mean())
    assert alike.low < alike.mean < alike.high
    # The standard error of a mean of 30, times 1.96 each way.
    assert alike.high - alike.low == pytest.approx(2 * 1.96 * of_patient[::10].std() / 30**0.5, rel=0.15)
    assert dice_summary([0.7], ["a"], seed=1).low is None


def test_what_a_configuration_can_not_be_is_refused_with_its_path():
    wrong = {
        "config.size": {"size": 100},
        "config.epochs": {"epochs": 0},
        "config.filters": {"filters": [4, 4]},
        "config.guidance": {"guidance": ["hunch"]},
        "config.calipers": {"guidance": ["calipers"]},
        "config.modality": {"modality": "ultrasound"},
        "config.name": {"name": "Mine!"},
        "config.nmae": {"nmae": "mine"},
        "config.rotation": {"rotation": "much"},
        "config.stretch": {"stretch": 1},
        "config.windows": {"windows": "Brain"},
        "config.truth": {"truth": "a guess"},
        "config.mirror": {"mirror": 1},
        "config.axis_aspects": {"axis_aspects": [0.5, 9]},
        "options.windows[0]": {"windows": ["Kitchen"]},
    }
    for path, members in wrong.items():
        with pytest.raises(InvalidError) as fault:
            UNetConfig.from_json(members)
        assert fault.value.path == path
    for config in PRESETS.values():
        assert UNetConfig.from_json(config.to_json()) == config


def test_a_folder_that_can_not_be_trained_on_says_what_to_do(phantoms: Path, tmp_path: Path):
    good = (phantoms / "table.csv").read_text()
    folder = phantom_folder(tmp_path / "one", patients=3, pictures=1)
    table = folder / "table.csv"
    for text, words in (
        (good.replace("Case", "Person"), "--patient-column"),
        ("ID,Case,side\nus_000-0,0,left\n", "side is train, val, test"),
        ("ID,Case,side\nus_000-0,0,train\nus_001-0,0,test\n", "two sides"),
        ("ID,Case\nus_999,0\n", "no picture in images/"),
        ("ID,Case\nus_000-0,\n", "no patient"),
        ("ID,Case\n", "lists no picture"),
    ):
        table.write_text(text)
        with pytest.raises(InvalidError, match=words):
            FolderSource(folder, CONFIG.changed(calipers="none"))
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "t.csv").write_text(good)
    with pytest.raises(InvalidError, match="no folder"):
        FolderSource(tmp_path / "two", CONFIG)
    with pytest.raises(InvalidError, match="trained from a release"):
        FolderSource(phantoms, PRESETS["ct"])
    with pytest.raises(InvalidError, match="--calipers"):
        FolderSource(phantoms, CONFIG)

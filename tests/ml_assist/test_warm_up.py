"""What answers has worked once before anybody asks, and what is promoted later, too."""

from pathlib import Path
from typing import Any

import pytest

from annotator.accounts.models import User
from annotator.assist.actions.install_model import install_model
from annotator.assist.actions.pin_models import pin_models
from annotator.assist.actions.promote_model import promote_model
from annotator.assist.actions.register_model import register_model
from annotator.cases.models import Case
from annotator.imaging.models import Patient, Study
from ml_assist.inference import loaded_models
from ml_assist.inference.engine import Engine
from ml_assist.inference.warm_up import warm_up_new
from tests.ml_assist.tiny_models import FRAMEWISE, GUIDED, tiny_caliper_model, tiny_model


def a_case() -> Case:
    study = Study.objects.create(patient=Patient.objects.create(patient_id="P1"), study_instance_uid="1.2.3")
    return Case.objects.create(study=study, title="Case", modality="US")


@pytest.mark.django_db
def test_every_version_that_answers_works_once_in_its_devices_thread_and_a_promoted_one_later(
    admin: User, store: None, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[tuple[str, int]] = []
    ask = Engine.ask

    def noted(self: Engine, kind: Any, answer: Any, item: Any, *, urgent: bool) -> Any:
        assert not urgent, "a reader goes before"
        asked.append(kind)
        return ask(self, kind, answer, item, urgent=urgent)

    monkeypatch.setattr(Engine, "ask", noted)
    for kept in (loaded_models._segmenter, loaded_models._caliper_network):
        kept.cache_clear()
    drawing, finding = install_model(*tiny_model(), version="1"), install_model(*tiny_caliper_model(), version="1")
    framewise = install_model(*tiny_model(FRAMEWISE), version="1")
    warm: set[int] = set()
    warm_up_new(warm)
    first = {("segment", drawing.version.pk), ("segment", framewise.version.pk), ("calipers", finding.version.pk)}
    assert set(asked) == first
    warm_up_new(warm)
    assert len(asked) == 3, "each once"
    newer = register_model(admin, *tiny_model(GUIDED.changed(name="unet-other")))
    promote_model(admin, newer.pk, reason="To see that it is warm.")
    warm_up_new(warm)
    assert asked[3:] == [("segment", newer.pk)]

    # Promoted over, yet kept by a study's case: its readers' first click is as fast.
    pinned = register_model(admin, *tiny_model(GUIDED.changed(name="unet-other"), seed=3))
    warm_up_new(warm)
    assert len(asked) == 4, "nobody asks it"
    pin_models([(a_case().pk, [pinned.pk])])
    warm_up_new(warm)
    assert asked[4:] == [("segment", pinned.pk)]

    # One whose weights are gone is named once, and the others are warm all the same.
    gone = register_model(admin, *tiny_model(GUIDED.changed(name="unet-gone"), seed=2))
    promote_model(admin, gone.pk, reason="To see that it is named.")
    Path(settings.STORAGES["models"]["OPTIONS"]["location"], gone.weights).unlink()
    for _ in range(2):
        warm_up_new(warm)
    [told] = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert told.startswith(f"{gone} is not warm")
    assert len(asked) == 5

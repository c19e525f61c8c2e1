"""Versions of models: registered by card, promoted, gone back from, asked only about what they are meant for."""

import hashlib
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from hypothesis import given
from hypothesis import strategies as st

from annotator.accounts.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, UnavailableError
from annotator.accounts.models import AuditEntry, User
from annotator.assist.actions.allow_anatomy import allow_anatomy
from annotator.assist.actions.promote_model import promote_model
from annotator.assist.actions.register_model import register_model
from annotator.assist.fitness import fitness_of
from annotator.assist.model_queries import active_version, fitness_for, model_lines_for, weights_of


def card_of(weights: bytes, **intended: str) -> dict[str, Any]:
    return {
        "name": "unet-breast",
        "task": "segmentation",
        "intended": {"modality": "US", "anatomy": "breast", "use": "Proposes an outline.", **intended},
        "weights": {"sha256": hashlib.sha256(weights).hexdigest()},
    }


@pytest.mark.usefixtures("store")
def test_a_version_is_registered_promoted_gone_back_from_and_never_loaded_when_its_bytes_changed(
    admin: User, data_manager: User, radiologist: User
):
    first = register_model(data_manager, card_of(b"one"), b"one")
    second = register_model(data_manager, card_of(b"two"), b"two")
    assert (str(first), str(second)) == ("unet-breast 1", "unet-breast 2")
    assert register_model(data_manager, card_of(b"one"), b"one") == first, "the same weights are the same version"
    assert active_version("unet-breast") is None, "it answers nobody before it is promoted"
    for wrong in (card_of(b"three"), card_of(b"two", anatomy=""), {"name": "x"}):
        with pytest.raises(InvalidError):
            register_model(data_manager, wrong, b"two")
    with pytest.raises(NotAllowedError):
        register_model(radiologist, card_of(b"one"), b"one")

    with pytest.raises(NotAllowedError):
        promote_model(data_manager, second.pk, reason="better")
    with pytest.raises(InvalidError):
        promote_model(admin, second.pk, reason=" ")
    promote_model(admin, first.pk, reason="the first")
    promote_model(admin, second.pk, reason="better")
    assert active_version("unet-breast") == second
    with pytest.raises(ConflictError):
        promote_model(admin, second.pk, reason="again")
    promote_model(admin, first.pk, reason="worse on small ones")
    assert active_version("unet-breast") == first
    [line] = model_lines_for(admin)
    assert (line.active, line.versions) == (first, [second, first])
    assert [one.reason for one in line.promotions] == ["worse on small ones", "better", "the first"]
    assert model_lines_for(radiologist) == []
    assert AuditEntry.objects.filter(action="promote_model").count() == 3

    assert weights_of(second) == b"two"
    storages["models"].delete(second.weights)
    with pytest.raises(UnavailableError, match="not in their store"):
        promote_model(admin, second.pk, reason="back again")
    storages["models"].save(second.weights, ContentFile(b"2wo"))
    with pytest.raises(UnavailableError, match="not those that were registered"):
        promote_model(admin, second.pk, reason="back again")
    assert active_version("unet-breast") == first

    assert not fitness_for(first, modality="US", anatomy="THYROID").answers
    with pytest.raises(NotAllowedError):
        allow_anatomy(data_manager, "unet-breast", "thyroid", allowed=True, reason="measured")
    with pytest.raises(NotFoundError):
        allow_anatomy(admin, "unet-else", "thyroid", allowed=True, reason="measured")
    for _ in range(2):
        allow_anatomy(admin, "unet-breast", " Thyroid ", allowed=True, reason="measured on 40")
    assert "not measured" in fitness_for(second, modality="US", anatomy="THYROID").note
    assert not fitness_for(first, modality="US", anatomy="").answers, "a picture that names none is another matter"
    allow_anatomy(admin, "unet-breast", "thyroid", allowed=False, reason="no")
    assert not fitness_for(first, modality="US", anatomy="THYROID").answers
    assert AuditEntry.objects.filter(action="allow_anatomy").count() == 2


_anatomies = st.sampled_from(["", "BREAST", "breast ", "THYROID", "HEAD"])


@given(st.sampled_from(["US", "CT", "MG"]), _anatomies, st.sets(st.sampled_from(["", "thyroid", "head"])))
def test_another_modality_is_always_refused_and_another_anatomy_unless_allowed(asked, shown, allowed):
    fitness = fitness_of(
        model="m 1", modality="US", anatomy="Breast", asked_modality=asked, asked_anatomy=shown, allowed=allowed
    )
    own, plain = shown.strip().lower() == "breast", shown.strip().lower()
    assert fitness.answers == (asked == "US" and (own or plain in allowed))
    assert bool(fitness.note) == (fitness.answers and not own)
    assert bool(fitness.reason) != fitness.answers

"""Points fitted to a release on its page: a table of diagnoses comes in, a fit is asked for, its figures are shown."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotator.accounts.models import User
from annotator.datasets.models import DiagnosisTable, Release, TiradsFit
from annotator.datasets.performance_svg import estimate_words, performance_figure
from annotator.labels.models import LabelSchemaDraft
from tests.annotator.datasets.frozen import frozen_release
from tests.annotator.datasets.test_tirads_fit import nodules  # noqa: F401  (a fixture)
from tests.frontend.conftest import ClientFor

ROWS = "".join(f"p{number},{'benign' if number % 2 else 'malignant'}\n" for number in range(60))


def words_of(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(address).content.decode()))


def test_a_fit_is_asked_for_watched_and_read_beside_the_published_points(
    client_for: ClientFor,
    data_manager: User,
    admin: User,
    nodules: Release,  # noqa: F811
    run_queued_jobs,
):
    client, page = client_for(data_manager), f"/releases/{nodules.pk}/"
    address = reverse("release-fits", args=[nodules.pk])
    file = SimpleUploadedFile("p.csv", f"patient,diagnosis\n{ROWS}".encode())
    table = {"then": "diagnoses", "diagnoses-name": "Pathology", "diagnoses-source": "Archive", "diagnoses-csv": file}
    assert "is kept" in client.post(page, table, follow=True).content.decode()
    shown = client.get(page).content.decode()
    assert "Pathology: Archive" in shown
    asked = {"then": "fit", "schema": "acr-tirads", "training": "train", "seed": "17", "title": "Ours <1>"}
    wrong = client.post(page, asked | {"diagnosis": "answer:pathology.result", "malignant": "yes, maybe"})
    refused = wrong.content.decode()
    assert wrong.status_code == 400
    assert not TiradsFit.objects.exists()
    for kept in ('value="17"', 'value="Ours &lt;1&gt;"', 'value="yes, maybe"'):
        assert kept in refused, "what was typed is still there"
    assert re.search(r'aria-invalid="true"[^>]*id="id_diagnosis"|id="id_diagnosis"[^>]*aria-invalid="true"', refused)
    faults = re.findall(r'<ul class="field-errors" role="alert"><li>([^<]*)', refused)
    assert len(faults) == 1
    assert "Select a valid choice" in faults[0]
    none = client.post(page, {name: value for name, value in asked.items() if name != "training"})
    assert 'value="Ours &lt;1&gt;"' in none.content.decode()
    unread = {"then": "diagnoses", "diagnoses-name": "Again", "diagnoses-source": "Archive <2>"}
    again = client.post(page, unread).content.decode()
    assert 'value="Archive &lt;2&gt;"' in again
    client.post(page, asked | {"diagnosis": f"table:{DiagnosisTable.objects.get().pk}"})
    part = client.get(address).content.decode()
    assert "Waiting for a worker" in part
    assert "data-settled" not in part
    run_queued_jobs()

    result = TiradsFit.objects.get().result
    part = client.get(address).content.decode()
    assert "data-settled" in part
    assert "Ours &lt;1&gt;" in part
    for side in ("training", "held_out"):
        for measure in ("auc", "sensitivity", "specificity"):
            assert estimate_words(result[side]["systems"]["fitted"][measure]) in part
    said = words_of(client, page)
    assert f"Fitted to {result['training']['nodules']} nodules" in said
    assert "4 left out: a feature is not answered." in said
    fitted = result["points"]["composition"]["solid"]
    assert re.search(rf"Solid or almost completely solid 2 3 {fitted}\b", said), "ACR, AI, fitted"
    assert "An admin can begin a label schema" in said
    begun = client_for(admin).post(
        reverse("tirads-fit-offer", args=[TiradsFit.objects.get().pk]), {"key": "ours", "title": "Ours"}
    )
    assert begun["Location"] == reverse("label-schema-editor", args=["ours"])
    assert LabelSchemaDraft.objects.filter(key="ours").exists()


def test_a_release_without_points_says_so(client_for: ClientFor, data_manager: User):
    release = frozen_release(data_manager, [])
    assert "Nothing in this release was answered in a schema with points." in words_of(
        client_for(data_manager), f"/releases/{release.pk}/"
    )


def test_a_figure_leaves_out_what_the_nodules_do_not_give():
    known, unknown = ({"value": 0.5, "low": 0.25, "high": 0.75}, {"value": None, "low": None, "high": None})
    drawn = performance_figure({"acr": "A<CR"}, {"acr": {"auc": known, "sensitivity": unknown, "specificity": known}})
    assert drawn.count("<circle") == 1 + 2, "the legend, and two measures"
    assert "A&lt;CR" in drawn
    assert "A<CR" not in drawn
    assert estimate_words(unknown) == "–"
    assert estimate_words(known) == "0.50 (0.25 to 0.75)"

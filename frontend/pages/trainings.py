"""Training: asking for a network on a frozen release, watching it learn, its report and its files."""

import json
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe

from annotator.accounts.errors import InvalidError
from annotator.accounts.models import User
from annotator.assist.models import ModelVersion
from annotator.datasets.release_queries import releases_for
from annotator.imaging.store.filing import pieces_of
from annotator.jobs.models import JobState
from annotator.jobs.queries import seconds_since_worker_heartbeat
from frontend.pages.jobs import WORKER_IS_LATE_SECONDS
from frontend.pages.page import page, signed_in
from frontend.pages.paging import page_of
from ml_assist.actions.register_training import register_training
from ml_assist.actions.request_training import request_training
from ml_assist.models import Network, TrainingRun
from ml_assist.policies import may_train
from ml_assist.queries import training_file_for, training_run_for, training_runs_for, versions_to_begin_with
from ml_assist.training.curves_svg import curves_svg
from ml_assist.training.unet_config import PRESETS
from ml_assist.training_files import CONTENT_TYPES

_PRESET_WORDS = {
    "ultrasound": "Ultrasound: picture alone",
    "ultrasound-approximate": "Ultrasound: from calipers alone, without a drawn mask",
    "ultrasound-guided": "Ultrasound: guided by calipers, clicked ends or a box",
    "ct": "CT: three windows, guided by clicked ends or a box",
    "tomosynthesis": "Tomosynthesis: slices, guided by clicked ends or a box",
}
_CALIPERS = "calipers"
# How a caliper network is judged, in this order.
_FINDERS = (("completed", "As it is asked"), ("network", "Network alone"), ("matching", "Matching detector"))
_CALIPER_WORDS = "Ultrasound: finds calipers, from points that readers called so"
_TASK_WORDS = {"segmentation": "U-Nets", "calipers": "Caliper networks"}
_IMBALANCE_WORDS = {
    "oversample": "Rare groups are drawn more often",
    "weighted": "Pixels of a lesion count more",
    "focal": "Hard pixels count more",
    "none": "Nothing is done",
}
# Members that have a field of their own.
_OWN = ("name", "anatomy", "epochs", "size", "batch_size", "seed")


def _as_the_kind_has_it(label: str, *, least: int = 1, most: int, help_text: str = "") -> forms.IntegerField:
    """A number that may stay open."""
    widget = forms.NumberInput(attrs={"placeholder": "as the kind has it"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=False, widget=widget, help_text=help_text
    )


class MembersField(forms.JSONField):
    """An object as JSON; nothing is an empty field, not the word null."""

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else super().prepare_value(value)


class TrainingForm(forms.Form):
    """What a training is asked for with; the rules live in UNetConfig and CaliperConfig."""

    release = forms.ChoiceField()
    preset = forms.ChoiceField(label="Kind of network", choices=[*_PRESET_WORDS.items(), (_CALIPERS, _CALIPER_WORDS)])
    begin = forms.TypedChoiceField(
        label="Begins with",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="A registered version of the same kind, with its filters.",
    )
    name = forms.CharField(
        label="Name", max_length=64, required=False, help_text="Small letters and hyphens; empty: as the kind."
    )
    anatomy = forms.CharField(max_length=64, required=False, help_text="What it is meant for: breast, thyroid, head.")
    epochs = _as_the_kind_has_it("Epochs at most", most=1000, help_text="Of calipers: of each round.")
    size = _as_the_kind_has_it("Side in pixels", least=32, most=1024, help_text="Of calipers: of a crop.")
    batch_size = _as_the_kind_has_it("Pictures a step", most=256)
    seed = forms.IntegerField(min_value=0, max_value=2**31, initial=1)
    imbalance = forms.ChoiceField(
        label="Where groups are uneven", choices=list(_IMBALANCE_WORDS.items()), help_text="Not of calipers."
    )
    members = MembersField(
        label="Other members (JSON)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": '{"patience": 20, "share": 0.5}'}),
        help_text="Any member of the configuration, over the fields above.",
    )

    def __init__(self, data: object = None, *, person: User, release: str = "") -> None:
        super().__init__(data, initial={"release": release})  # type: ignore[arg-type]
        frozen = releases_for(person).filter(frozen_at__isnull=False)
        field = self.fields["release"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for mypy: the form above says so
        field.choices = [(str(one.pk), f"{one.cohort.name} {one.number}: {one.title}") for one in frozen]
        begin = self.fields["begin"]
        assert isinstance(begin, forms.ChoiceField)  # noqa: S101  # for mypy, as above
        begin.choices = [("", "Nothing: it learns from the start"), *_grouped(versions_to_begin_with(person))]

    @property
    def has_releases(self) -> bool:
        field = self.fields["release"]
        return isinstance(field, forms.ChoiceField) and bool(field.choices)

    @property
    def network(self) -> Network:
        return Network.CALIPER if self.cleaned_data["preset"] == _CALIPERS else Network.UNET

    def to_config(self) -> dict[str, Any]:
        """UNetConfig or CaliperConfig as JSON; a fault that they find raises InvalidError.

        What it begins with brings its own filters, in place of the kind's.
        """
        data = self.cleaned_data
        others = data["members"] or {}
        if not isinstance(others, dict):
            raise InvalidError('This is an object: {"patience": 20}.', "config.members")
        own = {name: data[name] for name in _OWN if data[name] not in (None, "")}
        if self.network == Network.CALIPER:
            return own | others
        preset = PRESETS[data["preset"]].to_json()
        if data["begin"] is not None:
            del preset["filters"]
        return preset | own | {"imbalance": data["imbalance"]} | others


@page(may=may_train, methods=("GET", "POST"))
def trainings(request: HttpRequest) -> HttpResponseBase:
    """The form and the list; `?part=rows` gives the list alone, for polling. `?release=` chooses one."""
    person = signed_in(request)
    rows = page_of(request, training_runs_for(person), size=20)
    if request.GET.get("part") == "rows":
        return render(request, "frontend/_trainings_list.html", {"page": rows})
    form = TrainingForm(request.POST or None, person=person, release=request.GET.get("release", ""))
    if request.method == "POST" and form.is_valid():
        try:
            release = uuid.UUID(form.cleaned_data["release"])
            begin = form.cleaned_data["begin"]
            run = request_training(person, release, form.to_config(), network=form.network, begin=begin)
        except InvalidError as error:
            form.add_error(*_fault(error, form))
        else:
            messages.success(request, "The training is queued. You can leave this page.")
            return redirect("training", run.pk)
    status = 400 if form.errors else 200
    context = {"page": rows, "form": form, "worker_is_late": _worker_is_late()}
    return render(request, "frontend/trainings.html", context, status=status)


@page(may=may_train)
def training(request: HttpRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """One training; `?part=state` gives how it goes and what came of it, for polling."""
    run = training_run_for(signed_in(request), run_id)
    context = _shown(run)
    template = "_training_state.html" if request.GET.get("part") == "state" else "training.html"
    return render(request, f"frontend/{template}", context)


@page(may=may_train)
def training_file(request: HttpRequest, run_id: uuid.UUID, name: str) -> HttpResponseBase:
    """Weights, card, report and pictures. Pictures are shown, the rest is handed out."""
    run, place = training_file_for(signed_in(request), run_id, name)
    answer: HttpResponse | StreamingHttpResponse = StreamingHttpResponse(
        pieces_of(place), content_type=CONTENT_TYPES[name]
    )
    if not name.endswith(".png"):
        answer["Content-Disposition"] = f'attachment; filename="{run.config["name"]}-{name}"'
    return answer


@page(may=may_train, methods=("POST",))
def register(request: HttpRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """What came of it becomes a version of a model; nobody is answered by it yet."""
    person = signed_in(request)
    try:
        version = register_training(person, run_id)
    except InvalidError as error:
        messages.error(request, str(error))
        return redirect("training", run_id)
    messages.success(request, f"Registered as {version}. It answers when an admin promotes it.")
    return redirect("models")


def _grouped(versions: Iterable[ModelVersion]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices by what the networks do."""
    groups: dict[str, list[tuple[str, str]]] = {words: [] for words in _TASK_WORDS.values()}
    for one in versions:
        groups[_TASK_WORDS[one.card["task"]]].append((str(one.pk), f"{one} ({one.modality}, {one.anatomy})"))
    return [(words, choices) for words, choices in groups.items() if choices]


def _shown(run: TrainingRun) -> dict[str, Any]:
    card = run.card
    best = max(run.history, key=lambda one: one["dice"], default=None)
    finds_calipers = run.network == Network.CALIPER
    # Of what is found and what is there, F1 is the Dice.
    measure = "F1" if finds_calipers else "Dice"
    return {
        "run": run,
        "job": run.job,
        "card": card,
        "worker_is_late": run.job.state == JobState.QUEUED and _worker_is_late(),
        "last": run.history[-1] if run.history else None,
        "best": best,
        "finds_calipers": finds_calipers,
        "finders": _judged_finders(card) if finds_calipers else [],
        "measure": measure,
        "curves": mark_safe(curves_svg(run.history, measure=measure)),  # noqa: S308  the drawing escapes its words
        "metrics": sorted(card.get("metrics", {}).items()),
        "pictures": [
            (name, card.get("examples", {}).get(name, {}))
            for name in ("best", "median", "worst")
            if f"{name}.png" in run.files
        ],
        "files": [name for name in run.files if not name.endswith(".png")],
        "config": json.dumps(run.config, indent=1, sort_keys=True),
    }


def _judged_finders(card: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Words and counts within 3 pixels, which stand first."""
    judged = card.get("metrics", {}).get("test", {})
    return [(words, judged[name][0]) for name, words in _FINDERS if name in judged]


def _worker_is_late() -> bool:
    heartbeat = seconds_since_worker_heartbeat()
    return heartbeat is None or heartbeat > WORKER_IS_LATE_SECONDS


def _fault(error: InvalidError, form: TrainingForm) -> tuple[str | None, str]:
    """The field that a fault belongs to, and its words, with its path where the field holds more than that."""
    word = error.path.rpartition(".")[2]
    if word in form.fields and word not in (form.cleaned_data["members"] or {}):
        return word, str(error)
    return ("members", f"{error.path}: {error}") if word else (None, str(error))

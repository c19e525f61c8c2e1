"""The designer's forms: from what an admin typed to a protocol; what is legal is the protocol's own business."""

from typing import Any

from django import forms

from annotator.accounts.errors import InvalidError
from annotator.annotations.models import MarkKind
from annotator.cases.hangings.queries import enabled_protocols
from annotator.labels.queries import offered_schemas, schemas_by_reference
from annotator.readerstudies.asked_questions import asked_questions
from annotator.readerstudies.design import MOST_ARMS, ArmKind, ArmOrder, DesignKind, Protocol, ResultsFor

ARM_ROWS = min(4, MOST_ARMS)
ARM_KINDS = {
    ArmKind.UNAIDED: "Unaided: no suggestions",
    ArmKind.CONCURRENT: "Concurrent: suggestions from the start",
    ArmKind.SECOND_READ: "Second read: unaided answer locked, then suggestions",
    ArmKind.TRIAGE: "Triage: cases in the order of the model's score",
}
TRUTH_WORDS = {
    "table": "the study's table (pathology, follow-up)",
    "consensus": "the readers' consensus",
    "adjudication": "consensus, and adjudication where there was one",
}
_DESIGNS = {
    DesignKind.FULLY_CROSSED: "Fully crossed: every reader every case",
    DesignKind.SPLIT_PLOT: "Split-plot: groups of readers and cases",
    DesignKind.BALANCED: "So many readers a case, balanced",
    DesignKind.ANCHOR: "Anchor readers read all, the others by turns",
}


class ProtocolForm(forms.Form):
    """A protocol but for its arms, which are rows of their own."""

    name = forms.CharField(max_length=120, help_text="Readers see it: say nothing of what is expected.")
    question = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    hypothesis = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    instructions = forms.CharField(
        label="Instructions to readers", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    design = forms.ChoiceField(choices=[(kind.value, words) for kind, words in _DESIGNS.items()])
    readers_per_case = forms.IntegerField(
        label="Readers a case", min_value=1, max_value=100, help_text="Beside anchors; counts for the last two designs."
    )
    groups = forms.IntegerField(min_value=2, max_value=50, help_text="Of a split-plot.")
    arm_order = forms.ChoiceField(
        label="Order of the arms",
        choices=[
            (ArmOrder.CROSSOVER.value, "Crossover: readers and cases by turns begin with another"),
            (ArmOrder.AS_LISTED.value, "As listed, for all alike"),
        ],
    )
    washout_days = forms.IntegerField(label="Washout, days", min_value=0, max_value=365)
    schemas = forms.MultipleChoiceField(
        label="Label schemas",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For good.",
    )
    must_answer = forms.MultipleChoiceField(
        label="Must be answered", required=False, widget=forms.CheckboxSelectMultiple
    )
    all_marks = forms.BooleanField(label="All kinds of marks may be drawn", required=False)
    mark_kinds = forms.MultipleChoiceField(
        label="Or only these", required=False, choices=MarkKind.choices, widget=forms.CheckboxSelectMultiple
    )
    hanging = forms.ChoiceField(required=False)
    shows_priors = forms.BooleanField(label="Earlier studies are shown", required=False)
    separate_batches = forms.BooleanField(label="Neighbours are of different batches too", required=False)
    training_feedback = forms.BooleanField(label="Training cases give feedback", required=False)
    pilot_cases = forms.IntegerField(label="Cases of a pilot", min_value=1, max_value=100)
    due_date = forms.DateField(
        label="To be finished by", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    remind_every_days = forms.IntegerField(
        label="Remind who reads nothing for, days", min_value=0, max_value=90, help_text="By e-mail; 0: never."
    )
    seed = forms.IntegerField(label="Seed of the allocation", min_value=0, max_value=2**31 - 1)
    results = forms.ChoiceField(
        label="Results may be looked at", choices=[(one.value, one.value.capitalize()) for one in ResultsFor]
    )

    analysis_question = forms.ChoiceField(
        label="Question that is counted", required=False, help_text="Of the label schemas as they are saved."
    )
    positive = forms.CharField(
        label="Answers that count as positive",
        required=False,
        max_length=400,
        help_text="With commas between, as the form calls them; empty: yes, present.",
    )
    rating = forms.ChoiceField(
        label="Rating for ROC programs", required=False, help_text="A number, or answers that stand in an order."
    )
    truth = forms.ChoiceField(label="Truth comes from", choices=list(TRUTH_WORDS.items()))
    ordered = forms.BooleanField(label="The answers stand in an order", required=False)
    labels = forms.BooleanField(label="Readers disagree where their answers differ", required=False)
    missed_lesion = forms.BooleanField(label="… where one didn’t mark a lesion that another marked", required=False)
    dice_below = forms.FloatField(
        label="… where outlines overlap by a Dice below", required=False, min_value=0.01, max_value=1
    )
    masks = forms.ChoiceField(
        label="Outlines are joined", choices=[("majority", "by majority"), ("staple", "by STAPLE")]
    )

    def __init__(self, data: object = None, *, protocol: Protocol, name: str) -> None:
        super().__init__(data, initial=_values(protocol, name))  # type: ignore[arg-type]
        offered = [str(schema) for schema in offered_schemas()]
        kept = [one for one in protocol.schemas if one not in offered]
        titles = {str(schema): schema.title for schema in offered_schemas()}
        self.fields["schemas"].choices = [  # type: ignore[attr-defined]
            (one, f"{titles.get(one, one.partition('@')[0])} ({one})") for one in (*kept, *offered)
        ]
        asked = asked_questions((one.key, one.title, one.definition) for one in schemas_by_reference(protocol.schemas))
        self.fields["analysis_question"].choices = [  # type: ignore[attr-defined]
            ("", "Chosen on the results page"),
            *((one.reference, one.title) for one in asked),
        ]
        self.fields["rating"].choices = [  # type: ignore[attr-defined]
            ("", "Positive or not"),
            *((one.reference, one.title) for one in asked),
        ]
        self.fields["must_answer"].choices = [  # type: ignore[attr-defined]
            (
                str(one),
                f"{one.title} ({'each breast shown' if one.definition['applies_to'] == 'breast' else 'a range'})",
            )
            for one in schemas_by_reference(protocol.schemas)
            if one.definition["applies_to"] in ("breast", "slices")
        ]
        hangings = [(one.key, one.name) for one in enabled_protocols()]
        self.fields["hanging"].choices = [("", "What fits the case best"), *hangings]  # type: ignore[attr-defined]

    def protocol(self, before: Protocol, arms: list[dict[str, Any]]) -> dict[str, Any]:
        """What was typed, as JSON."""
        data = self.cleaned_data
        plain = ("question", "hypothesis", "instructions", "arm_order", "washout_days", "schemas", "hanging")
        more = (
            "shows_priors",
            "separate_batches",
            "training_feedback",
            "pilot_cases",
            "seed",
            "results",
            "remind_every_days",
        )
        # What isn't asked any more can't be demanded.
        demanded = [one for one in data["must_answer"] if one in data["schemas"]]
        return {
            **before.to_json(),
            **{name: data[name] for name in (*plain, *more)},
            "design": {
                "kind": data["design"],
                "readers_per_case": data["readers_per_case"],
                "groups": data["groups"],
            },
            "arms": arms,
            "must_answer": demanded,
            "analysis": {
                **before.analysis.to_json(),
                "question": data["analysis_question"],
                "positive": [one.strip() for one in data["positive"].split(",") if one.strip()],
                "masks": data["masks"],
                "rating": data["rating"],
                "truth": data["truth"],
                "ordered": data["ordered"],
                "disagreement": {
                    **before.analysis.to_json()["disagreement"],
                    "labels": data["labels"],
                    "missed_lesion": data["missed_lesion"],
                    "dice_below": data["dice_below"],
                },
            },
            "mark_kinds": None if data["all_marks"] else data["mark_kinds"],
            "due_date": data["due_date"].isoformat() if data["due_date"] else None,
        }


class AmendForm(forms.Form):
    """What may still be said otherwise of a study that runs."""

    question = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    hypothesis = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    instructions = forms.CharField(
        label="Instructions to readers", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_date = forms.DateField(
        label="To be finished by", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    washout_days = forms.IntegerField(label="Washout, days", min_value=0, max_value=365)
    remind_every_days = forms.IntegerField(label="Remind who reads nothing for, days", min_value=0, max_value=90)
    results = forms.ChoiceField(
        label="Results may be looked at", choices=[(one.value, one.value.capitalize()) for one in ResultsFor]
    )
    training_feedback = forms.BooleanField(label="Training cases give feedback", required=False)

    def __init__(self, data: object = None, *, protocol: Protocol) -> None:
        plain = protocol.to_json()
        super().__init__(data, initial={name: plain[name] for name in self.base_fields}, prefix="amend")  # type: ignore[arg-type]

    def changes(self) -> dict[str, Any]:
        """What was typed, as members of a protocol.

        Raises
        ------
        InvalidError : with the path of the first fault.
        """
        for name, faults in self.errors.items():
            raise InvalidError(f"{self.fields[name].label or name.capitalize()}: {faults[0]}", name)
        data = dict(self.cleaned_data)
        data["due_date"] = data["due_date"].isoformat() if data["due_date"] else None
        # Browsers send line breaks of two characters: a text that was left alone is the one that was there.
        for name, before in self.initial.items():
            if isinstance(before, str) and before.splitlines() == str(data[name] or "").splitlines():
                data[name] = before
        return data


class SizeForm(forms.Form):
    """What the sample-size panel is asked."""

    sensitivity = forms.FloatField(min_value=0.01, max_value=0.99)
    half_width = forms.FloatField(label="Plus and minus", min_value=0.005, max_value=0.49)
    prevalence_percent = forms.FloatField(
        label="Prevalence, %", min_value=0.01, max_value=100, help_text="30: thirty of a hundred; 0.3: three of 1,000."
    )
    kappa = forms.FloatField(min_value=0, max_value=0.99)
    kappa_half_width = forms.FloatField(label="Kappa plus and minus", min_value=0.005, max_value=0.9)


def arm_rows(protocol: Protocol, posted: Any = None) -> list[dict[str, Any]]:
    """The rows of arms to show: what was typed, or what the protocol has, filled up with empty ones."""
    if posted is not None:
        return [
            {
                "name": posted.get(f"arm-{at}-name", "").strip(),
                "kind": posted.get(f"arm-{at}-kind", ""),
                "model": posted.get(f"arm-{at}-model", "").strip(),
                "shows_marks": f"arm-{at}-marks" in posted,
            }
            for at in range(ARM_ROWS)
        ]
    rows = [
        {"name": arm.name, "kind": arm.kind.value, "model": arm.model, "shows_marks": arm.shows_marks}
        for arm in protocol.arms
    ]
    return [*rows, *({"name": "", "kind": "", "model": "", "shows_marks": False} for _ in range(ARM_ROWS - len(rows)))]


def named_arms(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The arms of rows that have a name."""
    return [row for row in rows if row["name"]]


def _values(protocol: Protocol, name: str) -> dict[str, Any]:
    plain = protocol.to_json()
    return {
        **plain,
        "name": name,
        "design": protocol.design.kind.value,
        "readers_per_case": protocol.design.readers_per_case,
        "groups": protocol.design.groups,
        "all_marks": protocol.mark_kinds is None,
        "mark_kinds": plain["mark_kinds"] or [],
        "arm_order": protocol.arm_order.value,
        "results": protocol.results.value,
        "analysis_question": protocol.analysis.question,
        "positive": ", ".join(map(str, protocol.analysis.positive)),
        "masks": protocol.analysis.masks,
        "rating": protocol.analysis.rating,
        "truth": protocol.analysis.truth,
        "ordered": protocol.analysis.ordered,
        "labels": protocol.analysis.disagreement.labels,
        "missed_lesion": protocol.analysis.disagreement.missed_lesion,
        "dice_below": protocol.analysis.disagreement.dice_below,
    }

"""A cohort's question as a form: what the form has no field for stays in the question as it is."""

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from django import forms

from annotator.accounts.errors import InvalidError
from annotator.datasets.cohort_query import MEMBERS

SPARE_EXCLUSIONS = 3
# Of the question's criteria, those that are one line of text, and those that are several words.
_TEXTS = ("words", "modality", "body_part", "since", "until", "manufacturer", "manufacturer_model", "site", "reading")
_LISTS = ("tags", "views", "readers", "finding_kinds", "mark_kinds", "studies", "patients")
EXCLUDED_BY = (
    ("modality", "Modality is"),
    ("body_part", "Body part is"),
    ("tags", "Has the tag"),
    ("manufacturer", "Manufacturer is"),
    ("manufacturer_model", "Scanner is"),
    ("site", "Site is"),
    ("until", "Made on or before"),
    ("since", "Made on or after"),
    ("finding_kinds", "Has a finding of kind"),
    ("reading", "Reading is (submitted, approved)"),
    ("marked", "Is marked (yes, no)"),
    ("studies", "Is one of the studies"),
    ("patients", "Is of one of the patients"),
    ("views", "Has the view"),
)
_YES, _NO = "yes", "no"


class CohortForm(forms.Form):
    """What is asked of a study; whether it makes sense is the cohort's own business."""

    name = forms.CharField(max_length=80, error_messages={"required": "Give the cohort a name."})
    description = forms.CharField(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    words = forms.CharField(label="Words", required=False, max_length=200)
    modality = forms.CharField(
        required=False, max_length=16, widget=forms.TextInput(attrs={"placeholder": "CT, MG, US"})
    )
    body_part = forms.CharField(required=False, max_length=16)
    since = forms.DateField(label="Made since", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="until", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    tags = forms.CharField(required=False, max_length=2000, help_text="All of them; separated by commas.")
    manufacturer = forms.CharField(required=False, max_length=64)
    manufacturer_model = forms.CharField(label="Scanner", required=False, max_length=64)
    site = forms.CharField(required=False, max_length=64)
    views = forms.CharField(required=False, max_length=200, help_text="All of them, e.g. LCC, LMLO.")
    finding_kinds = forms.CharField(
        label="Findings", required=False, max_length=200, help_text="Any of these kinds, e.g. nodule, mass."
    )
    readers = forms.CharField(required=False, max_length=2000, help_text="User names, any of whom has read it.")
    reading = forms.ChoiceField(
        required=False, choices=[("", "Any"), ("submitted", "Submitted"), ("approved", "Approved in review")]
    )
    minimum_readers = forms.IntegerField(label="Read by at least", required=False, min_value=0, max_value=100)
    minimum_dice = forms.FloatField(label="Overlap of readers at least", required=False, min_value=0, max_value=1)
    minimum_equal = forms.FloatField(label="Equal answers at least", required=False, min_value=0, max_value=1)
    mark_kinds = forms.CharField(
        label="Kinds of marks", required=False, max_length=200, help_text="Any of these, e.g. box, contour, mask."
    )
    marked = forms.ChoiceField(required=False, choices=[("", "Any"), (_YES, "Marked"), (_NO, "Without a mark")])
    answer = forms.CharField(
        label="Answers",
        required=False,
        max_length=2000,
        help_text="schema.question = value, a line each; values separated by |",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    studies = forms.CharField(
        label="Only these studies", required=False, max_length=1_000_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    patients = forms.CharField(label="Only these patients", required=False, max_length=1_000_000)


def form_values(name: str, description: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """A saved question as the form shows it."""
    criteria = query.get("criteria", {})
    shown: dict[str, Any] = {"name": name, "description": description}
    shown |= {field: criteria.get(field, "") for field in (*_TEXTS, "minimum_readers", "minimum_dice", "minimum_equal")}
    shown |= {field: ", ".join(map(str, criteria.get(field, ()))) for field in _LISTS}
    shown["marked"] = {True: _YES, False: _NO}.get(criteria.get("marked"), "")
    shown["answer"] = "\n".join(
        f"{one['schema']}.{_member_of(one)}{one['question']} = {'|'.join(map(_told, one['is_one_of']))}"
        for one in criteria.get("answers", ())
        if one.get("is_one_of")
    )
    return shown


def exclusion_rows(query: Mapping[str, Any]) -> list[dict[str, str]]:
    """The exclusions that the form can show, then empty rows for more."""
    rows = []
    for exclusion in query.get("exclusions", ()):
        by, value = _excluded_by(exclusion.get("criteria", {}))
        rows.append({"reason": exclusion.get("reason", ""), "by": by, "value": value})
    return rows + [{"reason": "", "by": "", "value": ""} for _ in range(SPARE_EXCLUSIONS)]


def query_from(cleaned: Mapping[str, Any], posted: Mapping[str, Any], saved: Mapping[str, Any]) -> dict[str, Any]:
    """The question that the form asks, over the one that was saved.

    Raises
    ------
    InvalidError : a line of answers that is none; path "answer".
    """
    query = deepcopy(dict(saved))
    criteria = dict(query.get("criteria", {}))
    for field in _TEXTS:
        value = cleaned.get(field)
        criteria[field] = value.isoformat() if isinstance(value, date) else (value or "")
    for field in _LISTS:
        criteria[field] = _words(cleaned.get(field, ""))
    criteria["minimum_readers"] = cleaned.get("minimum_readers") or 0
    criteria["minimum_dice"], criteria["minimum_equal"] = cleaned.get("minimum_dice"), cleaned.get("minimum_equal")
    criteria["marked"] = {_YES: True, _NO: False}.get(cleaned.get("marked", ""))
    others = [one for one in criteria.get("answers", ()) if not one.get("is_one_of")]
    criteria["answers"] = [*others, *_answers(cleaned.get("answer", ""))]
    query["criteria"] = criteria
    query["exclusions"] = _exclusions(posted, list(query.get("exclusions", ())))
    return query


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("\n", ",").split(",") if word.strip()]


def _answers(text: str) -> list[dict[str, Any]]:
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, equals, values = line.partition("=")
        schema, dot, question = name.strip().partition(".")
        if not equals or not dot or not values.strip():
            raise InvalidError(f"“{line.strip()}” is no answer. Write schema.question = value.", "answer")
        member, of_member, rest = question.partition(".")
        member, question = (member, rest) if of_member and member in MEMBERS else ("answers", question)
        chosen = [_value(value.strip()) for value in values.split("|") if value.strip()]
        found.append({"schema": schema, "question": question, "member": member, "is_one_of": chosen})
    return found


def _member_of(condition: Mapping[str, Any]) -> str:
    member = condition.get("member", "answers")
    return "" if member == "answers" else f"{member}."


def _value(text: str) -> Any:
    """Numbers, true and false as such, and what stands in quotation marks without them; all else as text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float | str) else text


def _told(value: Any) -> str:
    """As it is read back: the word "3" in quotation marks, the number without."""
    return value if isinstance(value, str) and _value(value) == value else json.dumps(value, ensure_ascii=False)


def _excluded_by(criteria: Mapping[str, Any]) -> tuple[str, str]:
    known = dict(EXCLUDED_BY)
    # A saved question names this number even where it is 0 and asks nothing.
    asked = {field: value for field, value in criteria.items() if (field, value) != ("minimum_readers", 0)}
    for field, value in asked.items():
        if field in known and len(asked) == 1:
            if field == "marked":
                return field, _YES if value else _NO
            return field, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return "kept", json.dumps(asked, ensure_ascii=False)


def _exclusions(posted: Mapping[str, Any], saved: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for at in range(len(saved) + SPARE_EXCLUSIONS):
        reason, by, value = (
            str(posted.get(f"exclusion-{at}-{part}", "")).strip() for part in ("reason", "by", "value")
        )
        if not (reason or value):
            continue
        if by == "kept" and at < len(saved):
            found.append({"reason": reason, "criteria": saved[at].get("criteria", {})})
        elif by:
            found.append({"reason": reason, "criteria": {by: _criterion(by, value)}})
        else:
            raise InvalidError(f"Say what “{reason or value}” is excluded by.", f"exclusions[{at}]")
    return found


def _criterion(by: str, value: str) -> Any:
    if by == "marked":
        return value.lower() in (_YES, "true", "1")
    return _words(value) if by in _LISTS else value

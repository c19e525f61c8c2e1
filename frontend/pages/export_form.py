"""A format's options as form fields, made from its own declaration: a new format needs no page."""

from dataclasses import MISSING, fields
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django import forms

from annotator.datasets.exporters.exporter import ExportOptions
from annotator.datasets.preprocessing.options import Preprocessing

OPTION, PREPARED = "option-", "prepared-"
_YES_NO = [("true", "Yes"), ("false", "No")]


def export_form(options: type[ExportOptions], *, prepares: bool, splits: list[str], data: Any = None) -> forms.Form:
    """A form of a format's options, of what is done to pictures before, and of the sides to export."""
    made: dict[str, forms.Field] = {
        "splits": forms.MultipleChoiceField(
            label="Sides",
            required=False,
            choices=[(split, split or "all in one") for split in splits],
            initial=splits,
            widget=forms.CheckboxSelectMultiple,
        )
    }
    made |= _fields_of(options, OPTION)
    if prepares:
        made |= _fields_of(Preprocessing, PREPARED)
    return type("ExportForm", (forms.Form,), made)(data)


def asked_by(form: forms.Form, format_name: str, *, splits: list[str]) -> dict[str, Any]:
    """What a valid form asks for, as ReleaseExportRequest reads it."""
    chosen = form.cleaned_data["splits"]
    return {
        "format": format_name,
        "options": _values(form, OPTION),
        "preprocessing": _values(form, PREPARED),
        "splits": [] if sorted(chosen) == sorted(splits) else chosen,
    }


def _fields_of(kind: type[Any], prefix: str) -> dict[str, forms.Field]:
    hints = get_type_hints(kind)
    return {f"{prefix}{part.name}": _field(part, hints[part.name]) for part in fields(kind)}


def _field(part: Any, hint: Any) -> forms.Field:
    label = part.name.replace("_", " ").capitalize()
    initial = None if part.default is MISSING else part.default
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    if choices:
        pairs = [(str(one), str(one).replace("_", " ")) for one in choices]
        return forms.ChoiceField(label=label, choices=pairs, initial=initial, required=False)
    if hint is bool:
        return forms.ChoiceField(label=label, choices=_YES_NO, initial=str(bool(initial)).lower(), required=False)
    plain = {one for one in get_args(hint) if one is not type(None)} if _is_union(hint) else {hint}
    if plain == {int}:
        return forms.IntegerField(label=label, initial=initial, required=False)
    if plain <= {int, float}:
        return forms.FloatField(label=label, initial=initial, required=False)
    if plain == {str}:
        return forms.CharField(label=label, initial=initial, required=False, max_length=200)
    return forms.JSONField(
        label=f"{label} (JSON)", initial=_as_json(initial), required=False, widget=forms.Textarea(attrs={"rows": 1})
    )


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType)


def _as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _values(form: forms.Form, prefix: str) -> dict[str, Any]:
    """What was filled in; an empty field is left as shipped."""
    values = {}
    for name, value in form.cleaned_data.items():
        if name.startswith(prefix) and value not in (None, ""):
            is_yes_no = getattr(form.fields[name], "choices", None) == _YES_NO
            values[name.removeprefix(prefix)] = value == "true" if is_yes_no else value
    return values

"""The public TI-RADS calculator: no sign-in, nothing kept. It answers as one types; without scripts, on a button."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from annotator.accounts.errors import InvalidError
from annotator.labels.tirads_calculator import calculate_tirads, tirads_definition

SIZE = "size_mm"


# Nobody is signed in by it and nothing changes: there is nothing that a forged request could do.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def tirads(request: HttpRequest) -> HttpResponse:
    """The form, and after a POST the result; what was sent stands in no address, so no log and no history keeps it."""
    definition = tirads_definition()
    fault, score, chosen = "", None, QueryDict()
    if request.method == "POST":
        chosen = request.POST
        try:
            score = calculate_tirads(_features(chosen), size_mm=_size(chosen))
        except InvalidError as error:
            fault = str(error)
    context = {
        "questions": [_question(question, chosen) for question in definition["form"]["questions"]],
        "source": definition["source"],
        "levels": _levels(definition["scoring"]["levels"]),
        "systems": list(score["systems"].values()) if score else [],
        "explanation": score["explanation"] if score else [],
        "missing": score["missing"] if score else [],
        "fault": fault,
    }
    answer = render(request, "frontend/tirads_calculator.html", context, status=400 if fault else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _features(sent: QueryDict) -> dict[str, Any]:
    features: dict[str, Any] = {}
    for question in tirads_definition()["form"]["questions"]:
        name, values = question["name"], [value for value in sent.getlist(question["name"]) if value]
        if name != SIZE and values:
            features[name] = values if question["kind"] == "multiple" else values[0]
    return features


def _size(sent: QueryDict) -> float | None:
    text = sent.get(SIZE, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise InvalidError(f"The diameter {text[:40]!r} is no number of millimetres.", SIZE) from error


def _question(question: dict[str, Any], chosen: QueryDict) -> dict[str, Any]:
    values = chosen.getlist(question["name"])
    options = [{**option, "chosen": option["value"] in values} for option in question.get("options", ())]
    return {**question, "options": options, "given": chosen.get(question["name"], "")}


def _levels(levels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each level with the points that it holds in words: "0-1", "2", "7+"."""
    told = []
    for level, above in zip(levels, [*levels[1:], None], strict=True):
        first, last = level["from"], above["from"] - 1 if above else None
        points = f"{first}+" if last is None else f"{first}" if first == last else f"{first}-{last}"
        told.append({**level, "points": points})
    return told

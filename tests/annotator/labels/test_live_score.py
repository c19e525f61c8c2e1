"""Points and levels that the viewer computes by itself while an answer is on its way. Its twin: live_score.test.ts."""

import json
from pathlib import Path

from annotator.labels.schema import score_answers
from annotator.labels.shipped import shipped_schemas

CASES = json.loads(Path(__file__).with_name("live_score_cases.json").read_text(encoding="utf-8"))


def test_the_viewers_cases_are_scored_the_same_here():
    definition = next(s for s in shipped_schemas() if (s.key, s.version) == ("acr-tirads", 2)).definition
    for case in CASES:
        score = score_answers(definition, case["answers"])
        systems = {name: [system["points"], system["level"]] for name, system in score["systems"].items()}
        told = {**{name: score[name] for name in ("points", "level", "missing_names")}, "systems": systems}
        assert {"answers": case["answers"], **told} == case

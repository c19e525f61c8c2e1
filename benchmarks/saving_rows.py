"""Readers with a case each, as rows alone, for benchmarks/saving.py; prints who reads what as JSON.

It runs in a process of its own, because Django knows one database a process.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "a-long-enough-passphrase"


def main() -> None:
    """Make so many readers as the first argument says."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
    import django

    django.setup()
    from annotator.accounts.models import Role, User
    from tests.annotator.case_rows import frames_of, grant, make_case, make_stack, make_study

    readers = []
    for number in range(1, int(sys.argv[1]) + 1):
        reader = User.objects.create_user(f"reader{number}", password=PASSWORD, role=Role.RADIOLOGIST)
        study = make_study(patient_id=f"PAT-{number}")
        case = make_case(study, make_stack(study, frames=40, rows=512, columns=512))
        grant(case, reader)
        frames = [frame.key for frame in frames_of(case)]
        readers.append({"username": reader.username, "case": str(case.pk), "frames": frames})
    sys.stdout.write(json.dumps(readers))


if __name__ == "__main__":
    main()

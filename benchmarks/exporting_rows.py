"""A frozen release of 2,000 pictures with ten boxes each, as rows alone, for benchmarks/exporting_served.py.

It runs in a process of its own, because Django knows one database a process; prints the release and a token as JSON.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Make a release of so many pictures as the first argument says."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
    import django

    django.setup()
    from rest_framework.authtoken.models import Token

    from annotator.accounts.models import Role, User
    from benchmarks.exporting import made_stack
    from tests.annotator.datasets.frozen import frozen_release

    manager = User.objects.create_user("manager", role=Role.DATA_MANAGER)
    release = frozen_release(manager, [made_stack(number, 1, boxes=True) for number in range(int(sys.argv[1]))])
    sys.stdout.write(json.dumps({"release": str(release.pk), "token": Token.objects.create(user=manager).key}))


if __name__ == "__main__":
    main()

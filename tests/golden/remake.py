"""Write the golden pictures anew: `python -m tests.golden.remake`, in a store that is thrown away.

Look at what changed before you commit it: a golden picture says "this is how it is meant to look".
"""

import os
import sys
import tempfile
from pathlib import Path


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        os.environ.update(
            DATA_DIR=str(place / "data"),
            DJANGO_SETTINGS_MODULE="annotator.config.settings",
            LOG_LEVEL="ERROR",
            SECRET_KEY="golden pictures only, " + "x" * 40,
        )
        import django

        django.setup()
        from django.core.management import call_command
        from PIL import Image

        from tests.golden.pictures import PICTURES
        from tests.golden.rendered import rendered

        call_command("migrate", verbosity=0)
        for picture in PICTURES:
            # Several show the same file in other ways: each begins with nothing.
            call_command("flush", verbosity=0, interactive=False)
            Image.fromarray(rendered(picture, place)).save(picture.path, optimize=True)
            sys.stdout.write(f"{picture.path.name}: {picture.path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()

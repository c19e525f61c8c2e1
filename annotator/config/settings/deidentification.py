"""Whether patients' identities stay at the door, and the key under which they do."""

import contextlib
import os
import secrets

from django.core.exceptions import ImproperlyConfigured

from annotator.config.settings.base import DATA_DIR

DEIDENTIFY = os.environ.get("DEIDENTIFY", "0") == "1"
# The edition of PS3.15 whose table of actions is used; see annotator/imaging/deidentification/action_table.py.
DEIDENTIFY_EDITIONS = ("2023", "2024b", "2026c")
DEIDENTIFY_EDITION = os.environ.get("DEIDENTIFY_EDITION", "2026c")
# What came in, before de-identification: kept in the store "sources", for administrators alone, when this is on.
DEIDENTIFY_KEEP_ORIGINALS = os.environ.get("DEIDENTIFY_KEEP_ORIGINALS", "0") == "1"
_KEY_FILE = DATA_DIR / "deidentification-key"


def _deidentification_key() -> str:
    """The key from the environment, else one made once and kept beside the data, readable by the owner only.

    It is made when the site first de-identifies; afterwards it is read even where that was turned off again, because
    the key map needs it. "" when there is none.
    """
    if key := os.environ.get("DEIDENTIFICATION_KEY"):
        return key
    if not _KEY_FILE.exists():
        if not DEIDENTIFY:
            return ""
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        draft = _KEY_FILE.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process made it first: its key counts
            os.link(draft, _KEY_FILE)
        draft.unlink()
    return _KEY_FILE.read_text().strip()


DEIDENTIFICATION_KEY = _deidentification_key()
# Found out by the first file, these would put every file into the quarantine.
if DEIDENTIFY and len(DEIDENTIFICATION_KEY) < 32:
    raise ImproperlyConfigured(
        f"DEIDENTIFICATION_KEY has {len(DEIDENTIFICATION_KEY)} characters; at least 32 are needed. "
        "Make one with: openssl rand -hex 32"
    )
if DEIDENTIFY_EDITION not in DEIDENTIFY_EDITIONS:
    raise ImproperlyConfigured(f"DEIDENTIFY_EDITION is one of {', '.join(DEIDENTIFY_EDITIONS)}.")

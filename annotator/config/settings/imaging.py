"""Where files wait, and the limits on what is taken in. Where pictures lie: storages.py."""

import os

from annotator.config.settings.base import DATA_DIR

UPLOADS_DIR = DATA_DIR / "uploads"
EXPORTS_DIR = DATA_DIR / "exports"
# Files of releases' exports that are being made; a killed job goes on with what lies here.
EXPORT_WORK_DIR = DATA_DIR / "export-work"
# Files with marks of other programs, until they are saved or thrown away.
MARK_IMPORTS_DIR = DATA_DIR / "mark-imports"
# Squares and checkpoints of trainings that are under way; a killed one goes on with what lies here.
TRAINING_DIR = DATA_DIR / "training"
# How long a release's export can be downloaded; made again it has the same bytes.
EXPORT_KEPT_DAYS = int(os.environ.get("EXPORT_KEPT_DAYS", 30))

# Declared pixels of one instance (rows x columns x samples x frames) above which it is refused before
# anything is allocated, and of one frame. A tomosynthesis volume of 120 frames holds 0.6 gigapixels.
MAX_INSTANCE_PIXELS = int(os.environ.get("MAX_INSTANCE_PIXELS", 2_000_000_000))
MAX_FRAME_PIXELS = int(os.environ.get("MAX_FRAME_PIXELS", 100_000_000))
# One frame's decoding may take this much processor time, and the decoder this much memory: what takes more is refused.
MAX_DECODE_SECONDS = float(os.environ.get("MAX_DECODE_SECONDS", "10"))
MAX_DECODE_BYTES = int(os.environ.get("MAX_DECODE_BYTES", 1_000_000_000))
# A zip file may unpack to at most this many bytes, files, and times its own size.
MAX_ZIP_BYTES = int(os.environ.get("MAX_ZIP_BYTES", 20_000_000_000))
MAX_ZIP_FILES = int(os.environ.get("MAX_ZIP_FILES", 100_000))
MAX_ZIP_RATIO = int(os.environ.get("MAX_ZIP_RATIO", 200))

# How long a withdrawn grant, a changed role or a signed-out session can still load frames of a case that was open
# before. The viewer renews its tokens while the case is open.
FRAME_TOKEN_SECONDS = int(os.environ.get("FRAME_TOKEN_SECONDS", 3600))

# Each web process keeps the pictures that it made last, up to this many bytes; 0 keeps none.
FINISHED_PICTURES_BYTES = int(os.environ.get("FINISHED_PICTURES_BYTES", 32 << 20))

"""Celery over the file system for a laptop, Redis by CELERY_BROKER_URL.

The job rows, not the broker, decide what still has to be done (see annotator/jobs), so results are
not stored and a message may be lost or delivered twice.
"""

import os

from annotator.config.settings.base import DATA_DIR

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "filesystem://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "cpu"

if CELERY_BROKER_URL.startswith("filesystem://"):
    _broker = DATA_DIR / "broker"
    for _folder in ("messages", "processed", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "processed_folder": str(_broker / "processed"),
        "control_folder": str(_broker / "control"),
        "store_processed": False,
        "polling_interval": 0.05,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
    }

JOB_LEASE_SECONDS = int(os.environ.get("JOB_LEASE_SECONDS", "20"))
JOB_SWEEP_SECONDS = int(os.environ.get("JOB_SWEEP_SECONDS", "5"))
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "jobs.sweep", "schedule": JOB_SWEEP_SECONDS, "options": {"expires": 30}},
    "sweep-exports": {"task": "datasets.sweep_exports", "schedule": 3600, "options": {"expires": 3600}},
    "sweep-reads": {"task": "readerstudies.sweep_reads_exports", "schedule": 3600, "options": {"expires": 3600}},
    "remind-readers": {"task": "readerstudies.remind_idle_readers", "schedule": 86_400, "options": {"expires": 3600}},
    "sweep-trainings": {"task": "ml_assist.sweep_trainings", "schedule": 3600, "options": {"expires": 3600}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

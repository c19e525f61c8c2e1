"""The Celery application: workers find work registered by the rooms."""

import os

from celery import Celery

from annotator.config import filesystem_broker  # noqa: F401  (takes the place of Kombu's)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
app = Celery("reading_room")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

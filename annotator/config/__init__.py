"""Settings, addresses and entry points of the product."""

from annotator.config.celery import app as celery_app

__all__ = ["celery_app"]

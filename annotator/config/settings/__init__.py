"""Settings, one file a concern; the environment decides what differs between a laptop and a service."""

from annotator.config.settings.base import *  # noqa: F403
from annotator.config.settings.celery import *  # noqa: F403
from annotator.config.settings.database import *  # noqa: F403
from annotator.config.settings.deidentification import *  # noqa: F403
from annotator.config.settings.dimse import *  # noqa: F403
from annotator.config.settings.email import *  # noqa: F403
from annotator.config.settings.imaging import *  # noqa: F403
from annotator.config.settings.rest import *  # noqa: F403
from annotator.config.settings.security import *  # noqa: F403
from annotator.config.settings.static import *  # noqa: F403
from annotator.config.settings.storages import *  # noqa: F403

"""The product's settings and one more application, whose work is slow enough to be killed in its middle."""

from annotator.config.settings import *  # noqa: F403
from annotator.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.operations.slow_work"]

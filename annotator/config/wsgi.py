"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from annotator.config.garbage_collection import settle
from annotator.config.process_memory import give_large_buffers_back

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
give_large_buffers_back()
application = get_wsgi_application()
settle()

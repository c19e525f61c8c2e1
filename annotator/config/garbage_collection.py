"""What a web process has loaded is left out of garbage collection."""

import gc

from django.template.loader import get_template
from django.urls import get_resolver, reverse


def settle() -> None:
    """Load what requests need, and leave it out of garbage collection from then on.

    A full collection would look through all code and settings that are loaded, 200,000 objects. That takes a tenth of
    a second every few hundred saves; meanwhile no thread of the process goes on.
    """
    # Every page and address comes with it, and what they import.
    _ = get_resolver().url_patterns
    # What the first page would otherwise wait for: the table by which pages name each other, and the tags of templates.
    reverse("home")
    get_template("frontend/base.html")
    gc.collect()
    gc.freeze()

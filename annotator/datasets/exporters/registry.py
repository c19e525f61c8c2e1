"""The formats that there are, by name: every Exporter in a file of this folder."""

import importlib
import inspect
import pkgutil
from functools import cache
from typing import Any

from annotator.accounts.errors import InvalidError
from annotator.datasets import exporters
from annotator.datasets.exporters.exporter import Exporter

Format = type[Exporter[Any]]


@cache
def all_exporters() -> dict[str, Format]:
    """Every format, by name.

    Raises
    ------
    ValueError : two formats of one name.
    """
    found: dict[str, Format] = {}
    for part in sorted(pkgutil.iter_modules(exporters.__path__), key=lambda part: part.name):
        module = importlib.import_module(f"{exporters.__name__}.{part.name}")
        for kind in _formats_of(module):
            if kind.name in found:
                raise ValueError(f"Two formats are called {kind.name!r}.")
            found[kind.name] = kind
    return dict(sorted(found.items()))


def exporter_named(name: str) -> Format:
    """One format.

    Raises
    ------
    InvalidError : there is none of this name, path "format".
    """
    found = all_exporters().get(name)
    if found is None:
        raise InvalidError(f"There is no format {name!r}. There are: {', '.join(all_exporters())}.", "format")
    return found


def _formats_of(module: Any) -> list[Format]:
    """Those that the file itself defines."""
    return [
        kind
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and issubclass(kind, Exporter) and not inspect.isabstract(kind)
    ]

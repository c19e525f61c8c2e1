"""DICOM's wildcards as a database matches them: * any text, ? one character, everything else as it stands.

Source: DICOM PS3.4 C.2.2.2.4.
"""

import re
from typing import Any

from django.db.models import CharField, Lookup

WILDCARDS = re.compile(r"[*?]")


@CharField.register_lookup
class DicomWildcards(Lookup):
    """`filter(description__dicom_wildcards="CHEST*")`: with regard to case, in the database's own pattern language."""

    lookup_name = "dicom_wildcards"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """LIKE, which an index on the column's beginning serves."""
        return self._compared(compiler, connection, "{} LIKE %s", like_pattern(str(self.rhs)))

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """GLOB: SQLite's LIKE is blind to case."""
        return self._compared(compiler, connection, "{} GLOB %s", str(self.rhs).replace("[", "[[]"))

    def _compared(self, compiler: Any, connection: Any, words: str, pattern: str) -> tuple[str, tuple[Any, ...]]:
        left, parameters = self.process_lhs(compiler, connection)
        return words.format(left), (*parameters, pattern)


def like_pattern(value: str) -> str:
    """The same in SQL's LIKE, whose own signs are taken as they stand."""
    plain = value.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return plain.replace("*", "%").replace("?", "_")


def name_pattern(value: str) -> str:
    """A regular expression of a person's name: any of its groups, with or without empty parts at their end."""
    inner = "".join({"*": "[^=]*", "?": "[^=]"}.get(letter) or re.escape(letter) for letter in value.rstrip("^"))
    return rf"(^|=){inner}\^*(=|$)"

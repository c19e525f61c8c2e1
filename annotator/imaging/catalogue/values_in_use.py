"""Which values an indexed column holds, for menus, without reading every row."""

from django.db import connection, models

from annotator.accounts.policies import Person
from annotator.imaging.models import Series
from annotator.imaging.policies import may_browse_catalogue


def modalities_in_use(person: Person) -> list[str]:
    """The modalities of all series, in alphabetical order."""
    return _values_of(Series, "modality") if may_browse_catalogue(person) else []


def body_parts_in_use(person: Person) -> list[str]:
    """The body parts of all series, in alphabetical order."""
    return _values_of(Series, "body_part") if may_browse_catalogue(person) else []


def _values_of(model: type[models.Model], name: str) -> list[str]:
    """Each value once, but the empty one. The column has an index: each step asks it for the next larger value.

    `SELECT DISTINCT` reads all rows; neither PostgreSQL nor SQLite skips from value to value by itself.
    """
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(name)
    # Both names are quoted and come from the model, never from a request.
    step = f"SELECT min({column}) AS value FROM {table} WHERE {column} > "  # noqa: S608
    query = f"""
        WITH RECURSIVE found AS (
            SELECT min({column}) AS value FROM {table} WHERE {column} > ''
            UNION ALL
            SELECT ({step} found.value) FROM found WHERE found.value IS NOT NULL
        )
        SELECT value FROM found WHERE value IS NOT NULL
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [str(row[0]) for row in cursor.fetchall()]

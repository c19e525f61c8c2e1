"""The database refuses to change what is frozen, whoever asks: triggers, made by the migration that made the tables.

A frozen release's row never changes and never goes. A stack of it may change in one way: its content is erased for a
withdrawal, and its hash stays. What empties all tables (a test run's end) takes the triggers away first.
A later migration that alters these tables on SQLite makes them anew without triggers: it has to call guard_releases.
"""

from typing import Any

# Trigger -> its table.
TRIGGERS = {
    "release_is_frozen": "datasets_release",
    "released_stack_is_frozen": "datasets_releasestack",
    "frozen_release_stays": "datasets_release",
    "stack_of_frozen_release_stays": "datasets_releasestack",
}
_KEPT = (
    "release_id",
    "place",
    "patient",
    "split",
    "study_uid",
    "stack_key",
    "content_sha256",
    "frame_count",
    "mark_count",
)

_SQLITE = (
    """
    CREATE TRIGGER IF NOT EXISTS release_is_frozen BEFORE UPDATE ON datasets_release
    WHEN OLD.frozen_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a frozen release is never changed'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS released_stack_is_frozen BEFORE UPDATE ON datasets_releasestack
    WHEN (SELECT frozen_at FROM datasets_release WHERE id = OLD.release_id) IS NOT NULL
    AND NOT (NEW.content IS NULL AND NEW.withdrawal_id IS NOT NULL AND {same})
    BEGIN SELECT RAISE(ABORT, 'a stack of a frozen release is never changed'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS frozen_release_stays BEFORE DELETE ON datasets_release
    WHEN OLD.frozen_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a frozen release is never changed'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS stack_of_frozen_release_stays BEFORE DELETE ON datasets_releasestack
    WHEN (SELECT frozen_at FROM datasets_release WHERE id = OLD.release_id) IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a stack of a frozen release is never changed'); END
    """,
)

_POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION datasets_refuse() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION 'a frozen release is never changed' USING ERRCODE = 'integrity_constraint_violation'; END
    $$ LANGUAGE plpgsql
    """,
    """
    CREATE OR REPLACE FUNCTION datasets_refuse_stack() RETURNS trigger AS $$
    BEGIN
        IF (SELECT frozen_at FROM datasets_release WHERE id = OLD.release_id) IS NOT NULL THEN
            IF TG_OP = 'DELETE' OR NOT (NEW.content IS NULL AND NEW.withdrawal_id IS NOT NULL AND {same}) THEN
                RAISE EXCEPTION 'a stack of a frozen release is never changed'
                USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END
    $$ LANGUAGE plpgsql
    """,
    """
    CREATE OR REPLACE TRIGGER release_is_frozen BEFORE UPDATE ON datasets_release
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION datasets_refuse()
    """,
    """
    CREATE OR REPLACE TRIGGER frozen_release_stays BEFORE DELETE ON datasets_release
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION datasets_refuse()
    """,
    """
    CREATE OR REPLACE TRIGGER released_stack_is_frozen BEFORE UPDATE ON datasets_releasestack
    FOR EACH ROW EXECUTE FUNCTION datasets_refuse_stack()
    """,
    """
    CREATE OR REPLACE TRIGGER stack_of_frozen_release_stays BEFORE DELETE ON datasets_releasestack
    FOR EACH ROW EXECUTE FUNCTION datasets_refuse_stack()
    """,
)


def guard_releases(apps: Any, schema_editor: Any) -> None:
    """Make the triggers; for RunPython of a migration."""
    vendor = schema_editor.connection.vendor
    statements = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}.get(vendor, ())
    equals = "=" if vendor == "sqlite" else "IS NOT DISTINCT FROM"
    same = " AND ".join(f"NEW.{name} {equals} OLD.{name}" for name in _KEPT)
    for statement in statements:
        # Without parameters: PostgreSQL's driver would look for placeholders.
        schema_editor.execute(statement.replace("{same}", same), params=None)


def unguard_releases(apps: Any, schema_editor: Any) -> None:
    """Take them away again; for the way back of a migration."""
    for trigger, table in TRIGGERS.items():
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}", params=None)

"""The database refuses to change what is frozen, whoever asks: triggers, made by the migration that made the tables.

A frozen release's row never changes. A stack of it may change in one way: its content is erased for a withdrawal, and
its hash stays. On PostgreSQL nothing of it can be deleted either; SQLite has no way to tell a deletion from the
emptying of all tables that a test run ends with, so there PROTECT on the foreign keys and the hash have to do.
A later migration that alters these tables on SQLite makes them anew without triggers: it has to call guard_releases.
"""

from typing import Any

TRIGGERS = ("release_is_frozen", "released_stack_is_frozen")
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
    CREATE OR REPLACE TRIGGER release_is_frozen BEFORE UPDATE OR DELETE ON datasets_release
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION datasets_refuse()
    """,
    """
    CREATE OR REPLACE TRIGGER released_stack_is_frozen BEFORE UPDATE OR DELETE ON datasets_releasestack
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
    for trigger, table in zip(TRIGGERS, ("datasets_release", "datasets_releasestack"), strict=True):
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}", params=None)

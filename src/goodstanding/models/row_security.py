"""SQL for the migrations: which rows the application's role may see, and which rows never change.

Policies are bare ``current_setting`` comparisons, as Citus asks (no sub-select on a distributed table), and FORCE makes
them bind the tables' owner too.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations


def _setting(name: str) -> str:
    return f"NULLIF(current_setting('goodstanding.{name}', true), '')"


MERCHANT = f"{_setting('merchant')}::bigint"
USER = f"{_setting('person')}::bigint"


def rows_of_merchant(table: str, *, column: str = "merchant_id", also_seen: str = "") -> migrations.RunSQL:
    """Bind a table to the current merchant; ``also_seen`` is a further condition under which rows may be read."""
    own = f"{column} = {MERCHANT}"
    sql: list[Any] = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY of_merchant ON {table} USING ({own}) WITH CHECK ({own})",
    ]
    if also_seen:
        sql.append(f"CREATE POLICY also_seen ON {table} FOR SELECT USING ({also_seen})")
    undo: list[Any] = [
        f"DROP POLICY IF EXISTS also_seen ON {table}",
        f"DROP POLICY of_merchant ON {table}",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    ]
    return migrations.RunSQL(sql, undo)


def never_changed(table: str, columns: tuple[str, ...] = ()) -> migrations.RunSQL:
    """Refuse to delete rows of a table, and to change them or some of their columns, unless an erasure is under way.

    Without columns the table is append-only. ``SET LOCAL goodstanding.erasing = 'on'`` is the erasure's way in.
    """
    name = f"{table}_never_changed"
    erasing = "COALESCE(current_setting('goodstanding.erasing', true) = 'on', false)"
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns) or "true"
    refuse = f"RAISE EXCEPTION '{table}: rows of this table are not changed'"
    return migrations.RunSQL(
        [
            (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF TG_OP = 'DELETE' THEN IF NOT {erasing} THEN {refuse}; END IF; RETURN OLD; END IF;"
                f" IF ({changed}) AND NOT {erasing} THEN {refuse}; END IF; RETURN NEW; END $$"
            ),
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
        [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
    )

"""PostgreSQL triggers that keep guides' entries by period in step with the documents."""

import pgtrigger

from scheduling.models.triggers import MAINTENANCE, PRINCIPAL

entries_are_kept_by_period = pgtrigger.Trigger(
    name="entries_are_kept_by_period",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("changes", "jsonb")],
    func="""
        IF TG_OP = 'UPDATE' THEN
            changes := scheduling.changes_applied(OLD.schedule_id, OLD._rev);
        END IF;
        IF NOT changes ? 'guide_adjustments' THEN
            RETURN NULL;
        END IF;
        IF coalesce(NEW.assignments -> 'guide_adjustments', '{}'::jsonb)
            IS DISTINCT FROM coalesce(OLD.assignments -> 'guide_adjustments', '{}'::jsonb)
        THEN
            DELETE FROM scheduling.guide_entries
                WHERE schedule_date = coalesce(NEW.schedule_date, OLD.schedule_date);
            INSERT INTO scheduling.guide_entries (schedule_date, guide_id, kind, first_date, last_date, entry)
                SELECT NEW.schedule_date, entered.*
                FROM scheduling.entries_in(NEW.assignments -> 'guide_adjustments', NEW.schedule_date) entered;
        END IF;
        RETURN NULL;
    """,
)

no_entries_without_documents = pgtrigger.Trigger(
    name="no_entries_without_documents",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Truncate,
    func="""
        DELETE FROM scheduling.guide_entries;
        RETURN NULL;
    """,
)

_refuse_direct_write = f"""
    IF pg_trigger_depth() < 2 AND coalesce(current_setting('{PRINCIPAL}', true), '') <> '{MAINTENANCE}' THEN
        RAISE EXCEPTION 'guide_entries follow the daily schedules: change guide_adjustments there'
            USING ERRCODE = '42501', CONSTRAINT = TG_NAME,
            HINT = 'A row that no document has would bind guides who entered nothing. If it has to be: '
                'SELECT set_config(''{PRINCIPAL}'', ''{MAINTENANCE}'', true) in the same transaction.';
    END IF;
"""

entries_follow_documents_alone = pgtrigger.Trigger(
    name="entries_follow_documents_alone",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func=f"""{_refuse_direct_write}
        RETURN coalesce(NEW, OLD);
    """,
)

entries_are_truncated_by_maintenance = pgtrigger.Trigger(
    name="entries_are_truncated_by_maintenance",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func=f"""{_refuse_direct_write}
        RETURN NULL;
    """,
)

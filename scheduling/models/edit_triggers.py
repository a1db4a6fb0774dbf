"""PostgreSQL triggers that store the edits which a writer names (`edits_sql`) in the document of a daily schedule."""

import pgtrigger

from scheduling.models.edits_sql import SETTING

edits_are_applied = pgtrigger.Trigger(
    name="edits_are_applied",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    declare=[("edits", "jsonb"), ("before", "jsonb"), ("changes", "jsonb")],
    func="""
        edits := scheduling.edits_named(OLD.schedule_id, OLD._rev);
        IF edits IS NOT NULL THEN
            -- Unpacked once, for all that looks at it.
            before := OLD.assignments #> '{}';
            NEW.assignments := scheduling.edited(before, edits);
            changes := scheduling.difference_by(before, edits);
        END IF;
        PERFORM scheduling.note_applied(OLD.schedule_id, OLD._rev, changes);
        RETURN NEW;
    """,
)

edits_stand_alone = pgtrigger.Trigger(
    name="edits_stand_alone",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("assignments"),  # type: ignore[no-untyped-call]
    func=f"""
        IF scheduling.edits_named(OLD.schedule_id, OLD._rev) IS NOT NULL THEN
            RAISE EXCEPTION 'daily schedule %: its document is written, and edits of it are named', OLD.schedule_date
                USING ERRCODE = '23514', CONSTRAINT = 'edits_stand_alone',
                HINT = 'The edits would take the place of what is written. Leave assignments out of the UPDATE, or: '
                    'SELECT set_config(''{SETTING}'', '''', true)';
        END IF;
        RETURN NEW;
    """,
)

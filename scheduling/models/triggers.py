"""PostgreSQL triggers that guard daily schedules against any client.

A writer identifies itself with transaction-local settings: `scheduling.principal` (the owner of the fields it writes)
and `scheduling.author` (a JSON object for the history).
"""

import pgtrigger

PRINCIPAL = "scheduling.principal"
AUTHOR = "scheduling.author"
GUIDE_MANAGEMENT = "svc-guide-management"
MAINTENANCE = "maintenance"
ONE_DATE = "departure_dates_one_each"

_PRINCIPAL = f"coalesce(current_setting('{PRINCIPAL}', true), '')"
_AS_MAINTENANCE = (
    f"If it has to be: SELECT set_config(''{PRINCIPAL}'', ''{MAINTENANCE}'', true) in the same transaction."
)

revision_steps_by_one = pgtrigger.Trigger(
    name="revision_steps_by_one",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition('NEW."_rev" IS DISTINCT FROM OLD."_rev" + 1'),
    func="""
        RAISE EXCEPTION 'daily schedule %: the revision must step by one, from % to %, not to %',
            OLD.schedule_date, OLD._rev, OLD._rev + 1, NEW._rev
            USING ERRCODE = '23514', CONSTRAINT = 'revision_steps_by_one',
            HINT = 'Who writes past the revision overwrites others unseen. Read the row, then SET _rev = _rev + 1, '
                'with the revision that was read in the WHERE.';
    """,
)

identity_stays = pgtrigger.Trigger(
    name="identity_stays",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(
        "NEW.schedule_id IS DISTINCT FROM OLD.schedule_id OR NEW.schedule_date IS DISTINCT FROM OLD.schedule_date"
    ),
    func="""
        RAISE EXCEPTION 'daily schedule %: it stays the one of its date', OLD.schedule_date
            USING ERRCODE = '23514', CONSTRAINT = 'identity_stays',
            HINT = 'On another date it would put plans and what guides entered where nobody meant them. Write the '
                'other date instead.';
    """,
)

adjustments_have_one_owner = pgtrigger.Trigger(
    name="adjustments_have_one_owner",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("edits", "jsonb")],
    func=f"""
        IF TG_OP = 'DELETE' THEN
            IF {_PRINCIPAL} NOT IN ('{GUIDE_MANAGEMENT}', '{MAINTENANCE}') THEN
                RAISE EXCEPTION
                    'daily schedule %: deleting it would delete what guides entered; name a principal in {PRINCIPAL}',
                    OLD.schedule_date USING ERRCODE = '42501', CONSTRAINT = 'adjustments_have_one_owner',
                    HINT = '{_AS_MAINTENANCE}';
            END IF;
            RETURN OLD;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            edits := scheduling.edits_named(OLD.schedule_id, OLD._rev);
        END IF;
        IF {_PRINCIPAL} NOT IN ('{GUIDE_MANAGEMENT}', '{MAINTENANCE}') AND (CASE WHEN edits IS NOT NULL THEN
            coalesce(edits -> 'guide_adjustments', '{{}}'::jsonb) <> '{{}}'::jsonb
        ELSE
            coalesce(NEW.assignments -> 'guide_adjustments', '{{}}'::jsonb) IS DISTINCT FROM
            (CASE WHEN TG_OP = 'INSERT' THEN '{{}}'::jsonb
                  ELSE coalesce(OLD.assignments -> 'guide_adjustments', '{{}}'::jsonb) END)
        END) THEN
            RAISE EXCEPTION
                'daily schedule %: guide_adjustments belong to {GUIDE_MANAGEMENT}; name it in {PRINCIPAL}',
                NEW.schedule_date USING ERRCODE = '42501', CONSTRAINT = 'adjustments_have_one_owner',
                HINT = 'Whoever else writes them wipes time off and medical restrictions. Leave them as they are, or '
                    'for their owner: SELECT set_config(''{PRINCIPAL}'', ''{GUIDE_MANAGEMENT}'', true) in the same '
                    'transaction.';
        END IF;
        RETURN NEW;
    """,
)

_refuse_truncate = f"""
    IF {_PRINCIPAL} NOT IN ('{GUIDE_MANAGEMENT}', '{MAINTENANCE}') THEN
        RAISE EXCEPTION 'truncating % would delete what guides entered; name a principal in {PRINCIPAL}', TG_TABLE_NAME
            USING ERRCODE = '42501', CONSTRAINT = 'no_unnamed_truncate', HINT = '{_AS_MAINTENANCE}';
    END IF;
    RETURN NULL;
"""

no_unnamed_truncate = pgtrigger.Trigger(
    name="no_unnamed_truncate",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func=_refuse_truncate,
)

no_unnamed_truncate_of_history = pgtrigger.Trigger(
    name="no_unnamed_truncate_of_history",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func=_refuse_truncate,
)


def append_only(name: str, *, what: str) -> pgtrigger.Trigger:
    """Return the trigger `name` by which the rows of a history (`what`) are neither changed nor deleted."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
        IF {_PRINCIPAL} <> '{MAINTENANCE}' THEN
            RAISE EXCEPTION '{what} is append-only'
                USING ERRCODE = '42501', CONSTRAINT = '{name}',
                HINT = 'It says who changed what, and is worth nothing once it can be changed. {_AS_MAINTENANCE}';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    """,
    )


history_is_append_only = append_only("history_is_append_only", what="the history of daily schedules")

every_revision_is_kept = pgtrigger.Trigger(
    name="every_revision_is_kept",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("author", "jsonb"), ("changes", "jsonb")],
    func=f"""
        author := coalesce(nullif(current_setting('{AUTHOR}', true), '')::jsonb, '{{}}'::jsonb);
        IF TG_OP = 'UPDATE' THEN
            changes := scheduling.changes_applied(OLD.schedule_id, OLD._rev);
        END IF;
        -- Where edits were applied, nothing else differs: the document is not written beside them (edits_stand_alone).
        changes := coalesce(changes, scheduling.document_difference(
            coalesce(OLD.assignments, '{{}}'::jsonb), coalesce(NEW.assignments, '{{}}'::jsonb)));
        IF TG_OP <> 'INSERT' AND NEW.published_at IS DISTINCT FROM OLD.published_at THEN
            changes := changes || jsonb_build_object('published_at', jsonb_strip_nulls(
                jsonb_build_object('old', OLD.published_at, 'new', NEW.published_at)));
        END IF;
        INSERT INTO scheduling.schedule_revisions
            (schedule_id, schedule_date, rev, kind, author, process, run_id, cause, changes, changed_at)
        VALUES (coalesce(NEW.schedule_id, OLD.schedule_id), coalesce(NEW.schedule_date, OLD.schedule_date),
            coalesce(NEW._rev, OLD._rev + 1),
            coalesce(author ->> 'kind', 'sql'), coalesce(author ->> 'subject', session_user),
            coalesce(author ->> 'process', ''), (author ->> 'run_id')::uuid,
            coalesce(author ->> 'cause', CASE TG_OP WHEN 'DELETE' THEN 'deleted' ELSE '' END),
            changes, clock_timestamp());
        RETURN NULL;
    """,
)

# Keys that are no ids are left out: no document with such a key can be read.
_DEPARTURES = """
    SELECT key::uuid AS departure_id
    FROM jsonb_object_keys(coalesce({document} -> 'departures', '{{}}'::jsonb)) AS key
    WHERE key ~* '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'
"""
_BEFORE, _AFTER = _DEPARTURES.format(document="before"), _DEPARTURES.format(document="after")

departures_are_on_one_date = pgtrigger.Trigger(
    name="departures_are_on_one_date",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("changes", "jsonb"), ("before", "jsonb"), ("after", "jsonb")],
    func=f"""
        IF TG_OP = 'UPDATE' THEN
            changes := scheduling.changes_applied(OLD.schedule_id, OLD._rev);
        END IF;
        IF changes IS NULL THEN
            before := OLD.assignments;
            after := NEW.assignments;
        ELSE
            SELECT jsonb_object_agg('departures', departures) FILTER (WHERE side = 'old'),
                jsonb_object_agg('departures', departures) FILTER (WHERE side = 'new')
            INTO before, after FROM (
                SELECT side, jsonb_object_agg(key, '') AS departures
                FROM jsonb_each(changes -> 'departures'), (VALUES ('old', 'new'), ('new', 'old')) AS sides (side, other)
                WHERE NOT value ? other GROUP BY side
            ) AS differing;
        END IF;
        DELETE FROM scheduling.departure_dates
            WHERE schedule_date = OLD.schedule_date AND departure_id IN ({_BEFORE} EXCEPT {_AFTER});
        INSERT INTO scheduling.departure_dates (departure_id, schedule_date)
            SELECT departure_id, NEW.schedule_date FROM ({_AFTER} EXCEPT {_BEFORE}) AS added;
        RETURN NULL;
    """,
)

departures_go_with_their_table = pgtrigger.Trigger(
    name="departures_go_with_their_table",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Truncate,
    func="""
        DELETE FROM scheduling.departure_dates;
        RETURN NULL;
    """,
)

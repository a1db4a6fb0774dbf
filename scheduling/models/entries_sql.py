"""The entries in a document that bind other dates too, in SQL: for the trigger that keeps them in a table, and for
readers of documents that are not stored yet.

An absence binds the dates from `from` to `to`, wherever it was entered; an absence between instants is given a day more
at either end, as the date of an instant differs by place. A restriction with `until` binds the dates from that of its
document up to then. What cannot be read as one of these binds the date of its document alone, and has no row.
"""

CREATE = r"""
CREATE FUNCTION scheduling.date_in(value text) RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF value ~ '^\d{4}-\d{2}-\d{2}$' THEN
        RETURN value::date;
    ELSIF value ~ '^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$' THEN
        RETURN (value::timestamptz AT TIME ZONE 'UTC')::date;
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;

CREATE FUNCTION scheduling.entries_in(adjustments jsonb, day date)
RETURNS TABLE (guide_id uuid, kind text, first_date date, last_date date, entry jsonb)
LANGUAGE sql STABLE AS $$
    WITH guides AS (
        SELECT key::uuid AS guide_id, value
        FROM jsonb_each(CASE WHEN jsonb_typeof(adjustments) = 'object' THEN adjustments ELSE '{}'::jsonb END)
        WHERE key ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' AND jsonb_typeof(value) = 'object'
    ), absences AS (
        SELECT guides.guide_id, listed.entry, listed.position,
            scheduling.date_in(listed.entry ->> 'from') AS first_date,
            scheduling.date_in(listed.entry ->> 'to') AS last_date,
            (length(listed.entry ->> 'from') > 10 OR length(listed.entry ->> 'to') > 10)::int AS margin
        FROM guides, jsonb_path_query_array(guides.value, 'lax $.availability_exceptions[*]') AS everything,
            jsonb_array_elements(everything) WITH ORDINALITY AS listed (entry, position)
        WHERE jsonb_typeof(listed.entry) = 'object'
    ), restrictions AS (
        SELECT guides.guide_id, listed.entry, listed.position,
            scheduling.date_in(left(listed.entry ->> 'until', 10)) AS last_date
        FROM guides, jsonb_path_query_array(guides.value, 'lax $.restrictions[*]') AS everything,
            jsonb_array_elements(everything) WITH ORDINALITY AS listed (entry, position)
        WHERE jsonb_typeof(listed.entry) = 'object'
    ), periods AS (
        SELECT guide_id, 'ABSENCE' AS kind, first_date - margin AS first_date, last_date + margin AS last_date,
            entry || jsonb_build_object('reason', coalesce(entry ->> 'reason', '')) AS entry, position
        FROM absences
        UNION ALL
        SELECT guide_id, 'RESTRICTION', day, last_date, entry, position FROM restrictions
    )
    SELECT guide_id, kind, greatest(first_date, DATE '0001-01-01'), least(last_date, DATE '9999-12-31'), entry
    FROM periods
    WHERE first_date <= last_date
    ORDER BY guide_id, kind, position
$$;
"""

DROP = """
DROP FUNCTION scheduling.entries_in(jsonb, date);
DROP FUNCTION scheduling.date_in(text);
"""

FILL = """
LOCK TABLE scheduling.daily_schedules IN SHARE MODE;
SELECT set_config('scheduling.principal', 'maintenance', true);
DELETE FROM scheduling.guide_entries;
INSERT INTO scheduling.guide_entries (schedule_date, guide_id, kind, first_date, last_date, entry)
SELECT document.schedule_date, entered.*
FROM scheduling.daily_schedules document,
    scheduling.entries_in(document.assignments -> 'guide_adjustments', document.schedule_date) entered;
SELECT set_config('scheduling.principal', '', true);
"""

"""The difference between two states of a daily schedule in SQL, for the history's trigger.

Entries of `departures` and `guide_adjustments` are compared by id: `{"new": …}` for an added one, `{"old": …}` for a
removed one, `{"fields": {name: {"old", "new"}}}` for a changed one.
"""

CREATE = """
CREATE FUNCTION scheduling.field_difference(before jsonb, after jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN b.value IS NULL THEN jsonb_build_object('new', a.value)
        WHEN a.value IS NULL THEN jsonb_build_object('old', b.value)
        ELSE jsonb_build_object('old', b.value, 'new', a.value) END), '{}'::jsonb)
    FROM jsonb_each(coalesce(before, '{}'::jsonb)) b
    FULL JOIN jsonb_each(coalesce(after, '{}'::jsonb)) a USING (key)
    WHERE b.value IS DISTINCT FROM a.value
$$;

CREATE FUNCTION scheduling.entry_difference(before jsonb, after jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN b.value IS NULL THEN jsonb_build_object('new', a.value)
        WHEN a.value IS NULL THEN jsonb_build_object('old', b.value)
        ELSE jsonb_build_object('fields', scheduling.field_difference(b.value, a.value)) END), '{}'::jsonb)
    FROM jsonb_each(coalesce(before, '{}'::jsonb)) b
    FULL JOIN jsonb_each(coalesce(after, '{}'::jsonb)) a USING (key)
    WHERE b.value IS DISTINCT FROM a.value
$$;

CREATE FUNCTION scheduling.document_difference(before jsonb, after jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(part, difference), '{}'::jsonb)
    FROM (VALUES
        ('departures', scheduling.entry_difference(before -> 'departures', after -> 'departures')),
        ('guide_adjustments',
            scheduling.entry_difference(before -> 'guide_adjustments', after -> 'guide_adjustments')),
        ('document', scheduling.field_difference(
            before - 'departures' - 'guide_adjustments', after - 'departures' - 'guide_adjustments'))
    ) AS parts (part, difference)
    WHERE difference <> '{}'::jsonb
$$;
"""

DROP = """
DROP FUNCTION scheduling.document_difference(jsonb, jsonb);
DROP FUNCTION scheduling.entry_difference(jsonb, jsonb);
DROP FUNCTION scheduling.field_difference(jsonb, jsonb);
"""

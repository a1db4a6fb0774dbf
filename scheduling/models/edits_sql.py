"""Edits of a daily schedule in SQL: a writer names the departures and entries that it changes, PostgreSQL stores them.

A document of thousands of departures is neither sent nor compared for one of them. Edits are JSON: under `departures`
and `guide_adjustments` each changed entry by its key, null for one that is removed. `name_edits` names them until the
transaction ends, in a setting, with the row and the revision that they are made on; the UPDATE of that row at that
revision stores them, and may not write the document beside them (`edit_triggers`). So nobody can name other edits than
those that are stored: they are stored because they are named. What differs by them (`difference_by`) is in the form of
`difference_sql`, and no more is compared for it than they name.

What was stored is noted in a setting of its own, for the triggers after the UPDATE: to name edits while one runs, as an
expression of its RETURNING may, changes nothing of what they keep.
"""

SETTING = "scheduling.edits"

CREATE_APPLIED = """
CREATE FUNCTION scheduling.note_applied(schedule uuid, since_rev integer, changes jsonb) RETURNS void
LANGUAGE sql VOLATILE AS $$
    SELECT set_config('scheduling.applied_edits', CASE WHEN changes IS NULL THEN '' ELSE
        format('{"schedule_id": "%s", "since_rev": %s, "changes": %s}', schedule, since_rev, changes) END, true)
$$;

CREATE FUNCTION scheduling.changes_applied(schedule uuid, rev integer) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    applied jsonb := nullif(current_setting('scheduling.applied_edits', true), '')::jsonb;
BEGIN
    IF applied ->> 'schedule_id' = schedule::text AND applied -> 'since_rev' = to_jsonb(rev) THEN
        RETURN applied -> 'changes';
    END IF;
    RETURN NULL;
END
$$;
"""

DROP_APPLIED = """
DROP FUNCTION scheduling.changes_applied(uuid, integer);
DROP FUNCTION scheduling.note_applied(uuid, integer, jsonb);
"""

_EDITS_NAMED = """
CREATE FUNCTION scheduling.edits_named(schedule uuid, rev integer) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    named jsonb := nullif(current_setting('scheduling.edits', true), '')::jsonb;
BEGIN
    IF named ->> 'schedule_id' = schedule::text AND named -> 'since_rev' = to_jsonb(rev) THEN
        RETURN named -> 'edits';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION scheduling.name_edits(schedule uuid, since_rev integer, edits text) RETURNS void
LANGUAGE sql VOLATILE AS $$
    SELECT set_config('scheduling.edits',
        format('{"schedule_id": "%s", "since_rev": %s, "edits": %s}', schedule, since_rev, edits), true)
$$;
"""

EDIT_BY_ENTRY = """
CREATE OR REPLACE FUNCTION scheduling.edited(document jsonb, edits jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    part text;
    written jsonb;
    removed text[];
    only_key text;
    in_place jsonb;
BEGIN
    FOREACH part IN ARRAY ARRAY['departures', 'guide_adjustments'] LOOP
        SELECT jsonb_object_agg(key, value) FILTER (WHERE value <> 'null'::jsonb),
            coalesce(array_agg(key) FILTER (WHERE value = 'null'::jsonb), ARRAY[]::text[]),
            CASE WHEN count(*) = 1 THEN min(key) END
        INTO written, removed, only_key FROM jsonb_each(edits -> part);
        CONTINUE WHEN written IS NULL AND removed = ARRAY[]::text[];
        -- A single one is set in one pass over the document; where it has no such part, that does nothing.
        in_place := CASE WHEN only_key IS NOT NULL AND written IS NOT NULL
            THEN jsonb_set(document, ARRAY[part, only_key], written -> only_key) END;
        IF in_place #> ARRAY[part, only_key] IS NOT NULL THEN
            document := in_place;
        ELSE
            document := document || jsonb_build_object(part,
                (coalesce(document -> part, '{}'::jsonb) - removed) || coalesce(written, '{}'::jsonb));
        END IF;
    END LOOP;
    RETURN document;
END
$$;
"""

_ENTRIES_NAMED = """
CREATE FUNCTION scheduling.entries_named(document jsonb, edits jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(part, named), '{}'::jsonb)
    FROM (VALUES ('departures'), ('guide_adjustments')) AS parts (part)
    -- OFFSET 0: taken out of the document once, and not for each key.
    CROSS JOIN LATERAL (SELECT document -> part AS entries OFFSET 0) AS of_document
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(key, entries -> key) FILTER (WHERE entries ? key), '{}'::jsonb) AS named
        FROM jsonb_object_keys(edits -> part) AS key) AS of_edits
    WHERE coalesce(edits -> part, '{}'::jsonb) <> '{}'::jsonb
$$;
"""

CREATE = _EDITS_NAMED + EDIT_BY_ENTRY + _ENTRIES_NAMED

DROP = """
DROP FUNCTION scheduling.entries_named(jsonb, jsonb);
DROP FUNCTION scheduling.edited(jsonb, jsonb);
DROP FUNCTION scheduling.name_edits(uuid, integer, text);
DROP FUNCTION scheduling.edits_named(uuid, integer);
"""

EDIT_AS_SETS = """
CREATE OR REPLACE FUNCTION scheduling.edited(document jsonb, edits jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    part text;
    named text[];
    removed text[];
    entries jsonb;
    written jsonb;
    in_place jsonb;
BEGIN
    FOREACH part IN ARRAY ARRAY['departures', 'guide_adjustments'] LOOP
        written := edits -> part;
        named := ARRAY(SELECT jsonb_object_keys(written));
        CONTINUE WHEN named = ARRAY[]::text[];
        removed := ARRAY(SELECT key FROM unnest(named) AS key WHERE written -> key = 'null'::jsonb);
        -- A single one is set in one pass over the document; where it has no such part, that does nothing.
        in_place := CASE WHEN cardinality(named) = 1 AND removed = ARRAY[]::text[]
            THEN jsonb_set(document, ARRAY[part, named[1]], written -> named[1]) END;
        IF in_place #> ARRAY[part, named[1]] IS NOT NULL THEN
            document := in_place;
            CONTINUE;
        END IF;
        -- Where nothing is removed or all of it is written anew, nothing is taken apart for it.
        written := written - removed;
        entries := coalesce(document -> part, '{}'::jsonb);
        IF EXISTS (SELECT FROM jsonb_object_keys(entries) AS key WHERE NOT written ? key) THEN
            written := (entries - removed) || written;
        END IF;
        document := jsonb_set(document, ARRAY[part], written);
    END LOOP;
    RETURN document;
END
$$;
"""

CREATE_DIFFERENCE = """
CREATE FUNCTION scheduling.difference_by(document jsonb, edits jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    -- As text that is read once: jsonb within jsonb is taken apart and put together anew at each level.
    SELECT ('{' || coalesce(string_agg(format('"%s": {%s}', part, difference), ', '), '') || '}')::jsonb FROM (
        SELECT part, string_agg(format('%s: {%s}', to_json(key), CASE
            WHEN old IS NULL THEN format('"new": %s', new)
            WHEN new IS NULL THEN format('"old": %s', old)
            ELSE format('"fields": {%s}', (
                SELECT string_agg(format('%s: {%s}', to_json(name), CASE
                    WHEN old_value IS NULL THEN format('"new": %s', new_value)
                    WHEN new_value IS NULL THEN format('"old": %s', old_value)
                    ELSE format('"old": %s, "new": %s', old_value, new_value) END), ', ')
                FROM (
                    SELECT name, old -> name AS old_value, new -> name AS new_value
                    FROM jsonb_object_keys(old || new) AS name OFFSET 0
                ) AS fields
                WHERE old_value IS DISTINCT FROM new_value)) END), ', ') AS difference
        FROM (VALUES ('departures'), ('guide_adjustments')) AS parts (part)
        CROSS JOIN LATERAL jsonb_object_keys(edits -> part) AS key
        -- OFFSET 0: taken out of the document once, and not for each field.
        CROSS JOIN LATERAL (
            SELECT document #> ARRAY[part, key] AS old, nullif(edits #> ARRAY[part, key], 'null'::jsonb) AS new OFFSET 0
        ) AS sides
        WHERE old IS DISTINCT FROM new
        GROUP BY part
    ) AS parts_that_differ
$$;
"""

DROP_DIFFERENCE = """
DROP FUNCTION scheduling.difference_by(jsonb, jsonb);
"""

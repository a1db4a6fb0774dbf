"""Edits of a daily schedule in SQL: a writer names the departures and entries that it changes, PostgreSQL stores them.

A document of thousands of departures is neither sent nor compared for one of them. Edits are JSON: under `departures`
and `guide_adjustments` each changed entry by its key, null for one that is removed. `name_edits` names them until the
transaction ends, in a setting, with the row and the revision that they are made on; the UPDATE of that row at that
revision stores them, and may not write the document beside them (`edit_triggers`). So nobody can name other edits than
those that are stored: they are stored because they are named.

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

CREATE = """
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

CREATE FUNCTION scheduling.edited(document jsonb, edits jsonb) RETURNS jsonb
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

DROP = """
DROP FUNCTION scheduling.entries_named(jsonb, jsonb);
DROP FUNCTION scheduling.edited(jsonb, jsonb);
DROP FUNCTION scheduling.name_edits(uuid, integer, text);
DROP FUNCTION scheduling.edits_named(uuid, integer);
"""

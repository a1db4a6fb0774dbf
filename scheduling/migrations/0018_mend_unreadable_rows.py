from django.db import migrations

ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
IDS = f'strict $[*] ? (@.type() == "string" && @ like_regex "{ID}" flag "i")'
FIRST, LAST = "'1970-01-01T00:00:00Z'::timestamptz", "'9000-01-01T00:00:00Z'::timestamptz"
FIRST_DATE, LAST_DATE = "'1970-01-01'::date", "'9000-01-01'::date"


def _between(column: str, first: str, last: str) -> str:
    """An absent value stays absent: greatest and least alone would take the bound for it."""
    return f"{column} = CASE WHEN {column} IS NULL THEN NULL ELSE greatest(least({column}, {last}), {first}) END"


def _moments(*columns: str) -> str:
    return ", ".join(_between(column, FIRST, LAST) for column in columns)


def _ids(column: str) -> str:
    return f"CASE jsonb_typeof({column}) WHEN 'array' THEN jsonb_path_query_array({column}, '{IDS}') ELSE '[]' END"


# Beyond these bounds no rule tells two moments apart, and beyond year 9999 no query can read them.

MEND = f"""
    UPDATE scheduling.hazards SET
        {_moments("starts_at", "ends_at", "released_at", "recorded_at")},
        kind = CASE WHEN kind IN ('WILDLIFE', 'WEATHER', 'EMERGENCY') THEN kind ELSE 'EMERGENCY' END,
        description = left(description, 4000),
        trail_ids = {_ids("trail_ids")},
        guide_ids = {_ids("guide_ids")};

    UPDATE scheduling.reservations SET
        {_between("trip_date", FIRST_DATE, LAST_DATE)},
        {_moments("event_time", "booked_at", "recorded_at", "try_again_at")},
        participant_count = least(participant_count, 1000);

    DELETE FROM scheduling.guide_commitments
        WHERE schedule_date NOT BETWEEN {FIRST_DATE} AND {LAST_DATE}
        OR starts_at NOT BETWEEN {FIRST} AND {LAST} OR ends_at NOT BETWEEN {FIRST} AND {LAST};
    DELETE FROM scheduling.departure_aliases WHERE schedule_date NOT BETWEEN {FIRST_DATE} AND {LAST_DATE};
"""


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0017_waiting_reservations'),
    ]

    operations = [
        migrations.RunSQL(MEND, migrations.RunSQL.noop),
    ]

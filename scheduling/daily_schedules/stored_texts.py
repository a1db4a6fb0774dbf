"""Daily schedules with the text of their documents, for those who show them whole: nothing of it is parsed.

Of the departures PostgreSQL gives the few that may be unpublished, so that the others need not be read to tell.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import Func, JSONField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from scheduling.models import DailySchedule

MOST_SUSPECTS = 20

# What is stored of a departure (`d`) in the words of its announcement, or has neither a team nor an announcement.
# Whether another one differs from it in what it says, its own rule decides: instants may be written in several ways,
# and teams in any order.
_AS_ANNOUNCED = """
    CASE WHEN d ? 'published' THEN d ->> 'status' <> 'CANCELLED'
        AND d -> 'trail_id' IS NOT DISTINCT FROM d #> '{published,trail_id}'
        AND d -> 'starts_at' = d #> '{published,starts_at}'
        AND d -> 'ends_at' = coalesce(d #> '{published,ends_at}', d -> 'ends_at')
        AND jsonb_path_query_array(d, '$.team[*].guide_id') = d #> '{published,guide_ids}'
        AND coalesce(d #> '{published,lead_id}' = jsonb_path_query_first(d, '$.team[*] ? (@.role == "LEAD").guide_id'),
            NOT d -> 'published' ? 'lead_id')
    ELSE coalesce(d -> 'team', '[]') = '[]' END
"""
_SUSPECTS = f"""(
    SELECT coalesce(jsonb_agg(d), '[]') FROM (
        SELECT d FROM (SELECT jsonb_path_query(%(expressions)s) AS d) AS departures
        WHERE ({_AS_ANNOUNCED}) IS NOT TRUE LIMIT {MOST_SUSPECTS}
    ) AS suspects
)"""  # noqa: S608 (of constants alone)


def with_texts(rows: QuerySet[DailySchedule]) -> QuerySet[Any]:
    """Return the rows without their documents: `text` has them as PostgreSQL writes them, with `suspects`."""
    text = Cast("assignments", TextField())
    return rows.defer("assignments").annotate(text=text, suspects=suspects_at("$.departures.*", {}))


def suspects_at(path: str, variables: Mapping[str, str]) -> Func:
    """Return those of the departures at a path in the document that may be unpublished, MOST_SUSPECTS at most."""
    return Func(*in_document(path, variables), template=_SUSPECTS, output_field=JSONField())


def in_document(path: str, variables: Mapping[str, str]) -> tuple[str, Func, Func]:
    """Return the arguments of a function of PostgreSQL that follows a path in the document."""
    return (
        "assignments",
        Func(Value(path), template="%(expressions)s::jsonpath", output_field=TextField()),
        Func(Value(json.dumps(variables)), template="%(expressions)s::jsonb", output_field=JSONField()),
    )

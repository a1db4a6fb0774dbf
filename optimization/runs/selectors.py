"""Queries of past runs."""

import json
from collections.abc import Collection
from datetime import date
from uuid import UUID

from novatrek_scheduling.pgpool.prepared import prepared_cursor
from optimization.models import RunDetail, RunStatus

# Of any regions, or of exactly these where there are some.
_LATEST_SCORE = """
    SELECT run.score FROM optimization_runs AS run JOIN run_details AS detail USING (run_id)
    WHERE run.schedule_date = %s AND run.status = %s AND run.score IS NOT NULL AND detail.subject = %s
        AND detail.region_ids = COALESCE(%s::jsonb, detail.region_ids)
    ORDER BY run.started_at DESC LIMIT 1
"""


def latest_score(day: date, region_ids: Collection[UUID] | None = None) -> float | None:
    """Return the score, 0 to 100, of the last completed run over the date; of exactly these regions if given.

    None where there was no such run.
    """
    regions = None if region_ids is None else json.dumps(sorted(map(str, region_ids)))
    with prepared_cursor() as cursor:
        cursor.execute(_LATEST_SCORE, [day, RunStatus.COMPLETED.value, RunDetail.Subject.DAY.value, regions])
        found = cursor.fetchone()
    return float(found[0]) if found else None

"""What stands behind the bars of the timeline: absences and rest."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from novatrek_scheduling.console.board.guides import GuideRow, RegionGuides, Standing
from novatrek_scheduling.console.board.page import Board
from novatrek_scheduling.console.board.wall_clock import wall, zone_of
from scheduling.domain.facts import Span
from scheduling.domain.limits import REST

Values = dict[str, Any]


def shades_of(board: Board) -> Iterator[Values]:
    """Yield the absences of the date, the rest after earlier dates, and that after each departure for the next one."""
    for region in board.guides:
        zone = board.zones[region.id].timezone if region.id in board.zones else None
        yield from _of_guides(region, board, zone)
    for row in board.rows:
        if not row.departure.is_cancelled:
            rest = Span(row.departure.ends_at, row.departure.ends_at + REST)
            for guide_id in sorted(row.departure.guide_ids):
                yield _shade(str(guide_id), f"{row.id}:{guide_id}", "rest", rest, zone_of(row, board.zones))


def _of_guides(region: RegionGuides, board: Board, zone: tzinfo | None) -> Iterator[Values]:
    midnight = datetime.combine(board.day, time(), zone or UTC)
    for guide in region.guides:
        for span in _absences(guide, midnight):
            yield _shade(str(guide.id), f"{guide.id}:{span.starts_at.isoformat()}", "absence", span, zone)
        if guide.rest_until and guide.rest_until > midnight:
            rest = Span(guide.rest_until - REST, guide.rest_until)
            yield _shade(str(guide.id), str(guide.id), "rest", rest, zone)


def _absences(guide: GuideRow, midnight: datetime) -> tuple[Span, ...]:
    """Return the absences of a guide; of one who is away for a reason that only svc-guide-management has, the day."""
    if guide.standing is Standing.AWAY and not guide.absences:
        return (Span(midnight, midnight + timedelta(days=1)),)
    return guide.absences


def _shade(group: str, key: str, kind: str, span: Span, zone: tzinfo | None) -> Values:
    return {
        "id": f"{kind}-{key}",
        "group": group,
        "kind": kind,
        "word": _("away") if kind == "absence" else _("rest"),
        "start": wall(span.starts_at, zone),
        "end": wall(span.ends_at, zone),
    }

"""What stands behind the bars of the timeline: absences and rest."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from novatrek_scheduling.console.board.absences import AWAY, HELD
from novatrek_scheduling.console.board.guides import GuideRow, RegionGuides, Standing
from novatrek_scheduling.console.board.page import Board
from novatrek_scheduling.console.board.wall_clock import wall, zone_of
from scheduling.domain.facts import Span
from scheduling.domain.limits import REST

Values = dict[str, Any]
DRAWN = timedelta(hours=12)
"""How far the timeline reaches beyond the date."""


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
        for word, span in _absences(guide, midnight):
            key = f"{guide.id}:{span.starts_at.isoformat()}:{word}"
            yield _shade(str(guide.id), key, "absence", span, zone) | {"word": str(word)}
        if guide.rest_until and guide.rest_until > midnight:
            rest = Span(guide.rest_until - REST, guide.rest_until)
            yield _shade(str(guide.id), str(guide.id), "rest", rest, zone)


def _absences(guide: GuideRow, midnight: datetime) -> Iterator[tuple[str | Promise, Span]]:
    """Yield the absences of a guide with their words; of who is away only by svc-guide-management, the day."""
    whole = Span(midnight, midnight + timedelta(days=1))
    known: list[tuple[str | Promise, Span]] = [(AWAY, span) for span in guide.away.entered]
    known += [(HELD, _within(span, whole)) for span in guide.away.held]
    if guide.standing is Standing.AWAY and not known:
        known.append((guide.word, whole))
    yield from known


def _within(span: Span, whole: Span) -> Span:
    """Return the part of a span that is drawn: an emergency may have no end."""
    return Span(max(span.starts_at, whole.starts_at - DRAWN), min(span.ends_at, whole.ends_at + DRAWN))


def _shade(group: str, key: str, kind: str, span: Span, zone: tzinfo | None) -> Values:
    return {
        "id": f"{kind}-{key}",
        "group": group,
        "kind": kind,
        "word": _("rest"),
        "start": wall(span.starts_at, zone),
        "end": wall(span.ends_at, zone),
    }

"""The board as the timeline draws it: rows, bars and shades, as JSON values.

Several regions share one axis, the hours of the day: each bar is where the clocks of its own region put it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from novatrek_scheduling.console.board.guides import GuideRow, RegionGuides, Standing
from novatrek_scheduling.console.board.page import Board
from novatrek_scheduling.console.board.rows import BoardRow
from novatrek_scheduling.console.board.shades import shades_of
from novatrek_scheduling.console.board.wall_clock import milliseconds, wall, zone_of
from novatrek_scheduling.console.marks import Look, Mark
from novatrek_scheduling.console.states import Phase

Values = dict[str, Any]
NOBODY, CANCELLED = "nobody", "cancelled"


def timeline_of(board: Board) -> Values:
    """Return the groups (rows), items (bars) and shades (absences and rest) of the board, and its present times."""
    begins = datetime.combine(board.day, time(), UTC)
    return {
        "day": board.day.isoformat(),
        "begins": milliseconds(begins),
        "ends": milliseconds(begins + timedelta(days=1)),
        "groups": list(_groups(board)),
        "items": list(_items(board)),
        "shades": list(shades_of(board)),
        "now": list(_present(board)),
    }


def _groups(board: Board) -> Iterator[Values]:
    nobody = [row for row in board.rows if not row.departure.team and not row.departure.is_cancelled]
    yield {"id": NOBODY, "kind": "nobody", "name": _("Unstaffed"), "note": str(len(nobody))}
    for region in board.guides:
        yield from _groups_of(region)
    if any(row.departure.is_cancelled for row in board.rows):
        yield {"id": CANCELLED, "kind": "nobody", "name": _("Cancelled"), "note": ""}


def _groups_of(region: RegionGuides) -> Iterator[Values]:
    present = [guide for guide in region.guides if guide.standing is not Standing.AWAY]
    away = region.away
    counts = _("%(on)s on duty, %(free)s free") % {"on": len(region.on_duty), "free": len(region.free)}
    children = [str(guide.id) for guide in present]
    if away:
        children.append(f"away-{region.id}")
    yield {
        "id": f"region-{region.id}",
        "kind": "region",
        "name": region.name,
        "note": counts,
        "children": children,
        "open": True,
    }
    for guide in present:
        yield _group_of(guide, level=1)
    if away:
        yield {
            "id": f"away-{region.id}",
            "kind": "away",
            "name": _("Away"),
            "note": str(len(away)),
            "children": [str(guide.id) for guide in away],
            "open": False,
            "level": 1,
        }
        for guide in away:
            yield _group_of(guide, level=2)


def _group_of(guide: GuideRow, *, level: int) -> Values:
    hours = f"{guide.above_mean:+} h" if guide.workload and guide.above_mean else ""
    return {
        "id": str(guide.id),
        "kind": "guide",
        "name": guide.name,
        "note": hours if guide.standing is Standing.ON_DUTY else f"{guide.word} {hours}".rstrip(),
        "standing": guide.standing.value,
        "level": level,
    }


def _items(board: Board) -> Iterator[Values]:
    words = _Words()
    for row in board.rows:
        bar = _bar(row, board, words)
        if row.departure.is_cancelled:
            yield bar | {"id": str(row.id), "group": CANCELLED, "locked": True}
        elif not row.departure.team:
            yield bar | {"id": str(row.id), "group": NOBODY}
        else:
            for guide_id in sorted(row.departure.guide_ids):
                yield bar | {"id": f"{row.id}:{guide_id}", "group": str(guide_id)}


class _Words(dict[Look, str]):
    """The words of looks in the language of the reader, each translated once."""

    def __init__(self) -> None:
        super().__init__()
        self.nobody = _("nobody")
        self.guests = _("%(guests)s of %(capacity)s guests")

    def __missing__(self, look: Look) -> str:
        word = self[look] = str(look.word)
        return word


def _bar(row: BoardRow, board: Board, words: _Words) -> Values:
    zone = zone_of(row, board.zones)
    look = row.state.phase.look
    return {
        "departure": str(row.id),
        "start": wall(row.departure.starts_at, zone),
        "end": wall(row.departure.ends_at, zone),
        "name": row.name,
        "times": row.times,
        "guests": f"{row.guests}/{row.capacity}",
        "guestWords": words.guests % {"guests": row.guests, "capacity": row.capacity},
        "region": row.region_name,
        "team": row.team or words.nobody,
        "tone": row.state.tone.value,
        "status": words[look],
        "icon": "" if row.state.phase is Phase.ON_TRACK else look.icon,
        "phaseTone": look.tone.value,
        "marks": [_mark(mark, words) for mark in row.state.marks],
        "problem": row.state.needs_somebody,
        "href": row.address,
        "locked": row.state.phase.is_over,
    }


def _mark(mark: Mark, words: _Words) -> Values:
    return {
        "icon": mark.look.icon,
        "word": words[mark.look],
        "detail": mark.detail,
        "tone": mark.look.tone.value,
    }


def _present(board: Board) -> Iterator[Values]:
    """Yield what the clocks of the shown regions say now, each time once."""
    shown = {region.zone: board.zones[region.id].timezone for region in board.regions if region.id in board.zones}
    clocks: dict[int, list[str]] = {}
    for name, zone in sorted(shown.items()):
        clocks.setdefault(wall(board.now, zone), []).append(name)
    for at, names in sorted(clocks.items()):
        yield {"at": at, "label": f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M} {', '.join(names)}"}

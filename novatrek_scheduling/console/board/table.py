"""The board as the table shows it: its rows as plain values, because a busy date has hundreds of them."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from novatrek_scheduling.console.board.page import Board
from novatrek_scheduling.console.board.rows import BoardRow
from novatrek_scheduling.console.states import DepartureState

Values = dict[str, Any]


def table_of(board: Board) -> list[Values]:
    """Return the regions of the board with their rows."""
    statuses = _Statuses()
    return [
        {
            "id": str(region.id),
            "name": region.name,
            "zone": region.zone,
            "staffed": region.staffed,
            "going": region.going,
            "rows": [_row(row, statuses) for row in region.rows],
        }
        for region in board.regions
    ]


def _row(row: BoardRow, statuses: "_Statuses") -> Values:
    return {
        "id": str(row.id),
        "tone": row.state.tone.value,
        "starts": row.departure.starts_at.isoformat(),
        "times": row.times,
        "address": row.address,
        "name": row.name,
        "team": row.team,
        "why_nobody": row.why_nobody,
        "guests": f"{row.guests} / {row.capacity}",
        "is_over": row.guests > row.capacity,
        "status": statuses.of(row.state),
        "action": str(row.action),
        "start": row.start,
    }


class _Statuses:
    """What the column of states contains. A date has hundreds of departures and a few states: each is rendered once."""

    def __init__(self) -> None:
        self._rendered: dict[tuple[object, ...], SafeString] = {}

    def of(self, state: DepartureState) -> SafeString:
        known = (state.phase, *((mark.look, mark.detail) for mark in state.marks))
        if known not in self._rendered:
            context = {"look": state.phase.look, "marks": state.marks}
            self._rendered[known] = render_to_string("admin/console/board/status.html", context)
        return self._rendered[known]

"""The board for other programs: a table as CSV, and a calendar."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, tzinfo

from django.utils.translation import gettext as _
from icalendar import STATUS, Calendar, Event

from novatrek_scheduling.console.board.page import Board
from novatrek_scheduling.console.board.rows import BoardRow
from scheduling.calendars.components import NAMESPACE, PRODUCT, local_or_utc, plain, timezone_component

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_of(board: Board) -> str:
    """Return a row for each departure, in the board's order; spreadsheets open it as UTF-8 and run nothing in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            _("Date"),
            _("Region"),
            _("Time zone"),
            _("Start"),
            _("End"),
            _("Adventure"),
            _("Guides"),
            _("Guests"),
            _("Capacity"),
            _("Status"),
            _("Remarks"),
        ]
    )
    for region in board.regions:
        for row in region.rows:
            writer.writerow(_harmless(cell) for cell in (row.day.isoformat(), region.name, region.zone, *_cells(row)))
    return BYTE_ORDER_MARK + text.getvalue()


def _cells(row: BoardRow) -> Iterator[str]:
    departure, state = row.departure, row.state
    ends_at = departure.ends_at.astimezone(departure.starts_at.tzinfo)
    yield f"{departure.starts_at:%Y-%m-%d %H:%M}"
    yield f"{ends_at:%Y-%m-%d %H:%M}"
    yield row.name
    yield row.team
    yield str(row.guests)
    yield str(row.capacity)
    yield str(state.phase.look.word)
    yield "; ".join(f"{mark.look.word}: {mark.detail}" if mark.detail else str(mark.look.word) for mark in state.marks)


def _harmless(cell: str) -> str:
    """Return the cell as text: names are others', and one that begins as a formula would be run."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def calendar_of(board: Board) -> bytes:
    """Return the departures as they are planned, told to people or not; those that were not told are tentative."""
    calendar = Calendar.new(
        prodid=PRODUCT, method="PUBLISH", uid=f"board-{board.day}@{NAMESPACE}", name=f"NovaTrek {board.day}"
    )
    named = {row.departure.region_id for row in board.rows} & board.zones.keys()
    for name in sorted({str(board.zones[key].timezone) for key in named} - {str(UTC)}):
        calendar.add_component(timezone_component(name, board.day.year - 1, board.day.year + 2))
    for row in board.rows:
        # A fixed offset has no name that calendar programs know: without the catalog times are in UTC.
        region = board.zones.get(row.departure.region_id)
        calendar.add_component(_event(row, region.timezone if region else UTC, board))
    return bytes(calendar.to_ical())


def _event(row: BoardRow, zone: tzinfo, board: Board) -> Event:
    is_announced = row.departure.published is not None and not row.state.is_unpublished
    unless_cancelled = STATUS.CONFIRMED if is_announced else STATUS.TENTATIVE
    guests = _("%(guests)s of %(capacity)s guests") % {"guests": row.guests, "capacity": row.capacity}
    return Event.new(
        uid=f"{row.id}@{NAMESPACE}",
        sequence=board.rev,
        stamp=board.now.astimezone(UTC),
        start=local_or_utc(row.departure.starts_at, zone),
        end=local_or_utc(row.departure.ends_at, zone),
        status=STATUS.CANCELLED if row.departure.is_cancelled else unless_cancelled,
        summary=plain(row.name),
        description="\n".join(
            map(plain, (row.team or _("Nobody leads it yet"), guests, str(row.state.phase.look.word)))
        ),
    )

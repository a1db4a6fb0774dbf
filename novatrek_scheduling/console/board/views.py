"""The board in the console."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from novatrek_scheduling.console.board.exports import calendar_of, csv_of
from novatrek_scheduling.console.board.fragility import stored_fragility
from novatrek_scheduling.console.board.packing import packed
from novatrek_scheduling.console.board.page import Board, board_version, read_board
from novatrek_scheduling.console.board.table import table_of
from novatrek_scheduling.console.board.timeline import timeline_of
from novatrek_scheduling.console.days import company_day, day_in
from novatrek_scheduling.console.pages import ConsolePage
from scheduling.models import DailySchedule, schedule_id_of

TIMELINE, TABLE = "timeline", "table"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which board an address asks for: `?date=2026-11-28&region=<id>&view=timeline`; `viewer` is who asks."""

    day: date
    region_id: UUID | None
    view: str
    viewer: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters":
        """Return what is asked for; without a date the company's day, without a region all of them."""
        view = TABLE if request.GET.get("view") == TABLE else TIMELINE
        viewer = request.user.get_username()
        return cls(day_in(request.GET.get("date")), _id_in(request.GET.get("region")), view, viewer)

    def query(self, **other: str) -> str:
        region = {"region": str(self.region_id)} if self.region_id else {}
        return urlencode({"date": self.day.isoformat(), **region, "view": self.view, **other})

    def read(self) -> Board:
        return read_board(self.day, self.region_id, timezone.now(), self.viewer)


class BoardPage(ConsolePage):
    """The board of a date."""

    template_name = "admin/console/board/board.html"
    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = Filters.of(request)
        return self.show(_("Board"), **_context(request, filters))


class FreshBoard(ConsolePage):
    """The part of the board that changes, where it is not `version` any more; 204 while it is."""

    template_name = "admin/console/board/live.html"
    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = Filters.of(request)
        if board_version(filters.day, timezone.now(), filters.viewer) == request.GET.get("version"):
            return HttpResponse(status=204)
        return self.show(_("Board"), **_context(request, filters))


class BoardAside(ConsolePage):
    """What stands below the board and is loaded after it: what single losses would do."""

    template_name = "admin/console/board/aside.html"
    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        day, now = Filters.of(request).day, timezone.now()
        schedule = DailySchedule.objects.filter(schedule_date=day).only("rev").first()
        return self.show(
            _("Board"),
            now=now,
            day=day,
            schedule=schedule,
            may_write=request.user.has_perm("scheduling.change_dailyschedule"),
            fragility=stored_fragility(day, schedule.rev) if schedule else None,
        )


class BoardAsCsv(ConsolePage):
    """The table of the board, for a spreadsheet."""

    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = Filters.of(request)
        return _file(csv_of(filters.read()), "text/csv; charset=utf-8", f"board-{filters.day}.csv")


class BoardAsCalendar(ConsolePage):
    """The departures of the board, for a calendar program."""

    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = Filters.of(request)
        return _file(calendar_of(filters.read()), "text/calendar; charset=utf-8", f"board-{filters.day}.ics")


def _context(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    board = filters.read()
    is_timeline = filters.view == TIMELINE
    return {
        "board": board,
        "schedule_id": schedule_id_of(filters.day),
        "filters": filters,
        "query": filters.query(),
        "today": company_day(board.now),
        "may_write": request.user.has_perm("scheduling.change_dailyschedule"),
        "may_publish": request.user.has_perm("scheduling.publish_dailyschedule"),
        "timeline": packed(timeline_of(board)) if is_timeline else None,
        "table": None if is_timeline else table_of(board),
        "other_view": f"{reverse('console:board')}?{_other(filters).query()}",
    }


def _other(filters: Filters) -> Filters:
    return replace(filters, view=TABLE if filters.view == TIMELINE else TIMELINE)


def _file(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _id_in(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

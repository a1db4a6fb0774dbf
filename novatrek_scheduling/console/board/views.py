"""The board in the console."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from novatrek_scheduling.console.board.page import read_board
from novatrek_scheduling.console.days import day_in
from novatrek_scheduling.console.pages import ConsolePage


class BoardPage(ConsolePage):
    """`?date=2026-11-28&region=<id>`; without a date the company's day, without a region all of them."""

    template_name = "admin/console/board.html"
    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        day, region_id = day_in(request.GET.get("date")), _id_in(request.GET.get("region"))
        return self.show("Board", board=read_board(day, region_id, timezone.now()), region_id=region_id)


def _id_in(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

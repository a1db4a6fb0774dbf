"""What the board of a date reads and shows, as JSON: what there would be without a page around it."""

from dataclasses import asdict

import orjson
from django.http import HttpRequest, HttpResponse

from novatrek_scheduling.console.board.timeline import timeline_of
from novatrek_scheduling.console.board.views import Filters
from novatrek_scheduling.console.pages import ConsolePage


class BoardAsJson(ConsolePage):
    """The same departures with their states, the same guides, tiles and revision, by the same functions."""

    permission = "scheduling.view_dailyschedule"

    def get(self, request: HttpRequest) -> HttpResponse:
        board = Filters.of(request).read()
        shown = {
            "rev": board.rev,
            "version": board.version,
            "tiles": asdict(board.tiles),
            "needs": [row.id for row in board.needs_you],
            "timeline": timeline_of(board),
        }
        return HttpResponse(orjson.dumps(shown, default=str), content_type="application/json")

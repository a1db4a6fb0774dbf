"""The service's addresses, the floor, and the board as JSON."""

from django.urls import URLPattern, URLResolver, path

from benchmarks.board_json import BoardAsJson
from benchmarks.floor import FloorView, TextView
from novatrek_scheduling.console.pages import page
from novatrek_scheduling.urls import handler400, handler403, handler404, handler500
from novatrek_scheduling.urls import urlpatterns as addresses

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("scheduling/v1/floor/<uuid:request_id>", FloorView.as_view(), name="floor"),
    path("scheduling/v1/floor/texts/<day:day>", TextView.as_view(), name="text"),
    page("admin/board.json", BoardAsJson, "board_json"),
    *addresses,
]

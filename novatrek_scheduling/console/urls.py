"""The addresses of the console's own pages, below /admin/."""

from novatrek_scheduling.console import addresses  # noqa: F401 (the converter of dates)
from novatrek_scheduling.console.board.views import BoardAsCalendar, BoardAsCsv, BoardAside, BoardPage, FreshBoard
from novatrek_scheduling.console.departures.undo_views import RedoOnBoard, RedoStep, UndoOnBoard, UndoStep
from novatrek_scheduling.console.departures.views import DeparturePage, GuidesPart, RulesPart, VisitorsPart, WhyPart
from novatrek_scheduling.console.guides.views import GuidePage, GuidesPage
from novatrek_scheduling.console.handover.views import HandoverPage
from novatrek_scheduling.console.home.views import FreshHome
from novatrek_scheduling.console.pages import page
from novatrek_scheduling.console.proposals.deciding import ProposalView
from novatrek_scheduling.console.proposals.views import (
    ListPart,
    OptimizePage,
    ProgressPart,
    ProposalsPage,
    UnderWayPart,
)
from novatrek_scheduling.console.publishing.views import PublishPage
from novatrek_scheduling.console.review.together import TogetherPage
from novatrek_scheduling.console.review.views import ReviewPage
from novatrek_scheduling.console.search.views import SearchPage, SuggestionsPart

app_name = "console"
urlpatterns = [
    page("board/", BoardPage, "board"),
    page("board/fresh/", FreshBoard, "board_fresh"),
    page("board/aside/", BoardAside, "board_aside"),
    page("board/board.csv", BoardAsCsv, "board_csv"),
    page("board/board.ics", BoardAsCalendar, "board_calendar"),
    page("board/<day:day>/departures/<uuid:departure_id>/", DeparturePage, "departure"),
    page("board/<day:day>/departures/<uuid:departure_id>/guides/", GuidesPart, "departure_guides"),
    page("board/<day:day>/departures/<uuid:departure_id>/rules/", RulesPart, "departure_rules"),
    page("board/<day:day>/departures/<uuid:departure_id>/undo/", UndoStep, "departure_undo"),
    page("board/<day:day>/departures/<uuid:departure_id>/redo/", RedoStep, "departure_redo"),
    page("board/<day:day>/departures/<uuid:departure_id>/visitors/", VisitorsPart, "departure_visitors"),
    page("board/<day:day>/departures/<uuid:departure_id>/why/", WhyPart, "departure_why"),
    page("board/<day:day>/undo/", UndoOnBoard, "undo"),
    page("board/<day:day>/redo/", RedoOnBoard, "redo"),
    page("board/<day:day>/optimize/", OptimizePage, "optimize"),
    page("board/<day:day>/publish/", PublishPage, "publish"),
    page("conflicts/review/", ReviewPage, "review"),
    page("conflicts/review/together/", TogetherPage, "review_together"),
    page("conflicts/review/<uuid:conflict_id>/", ReviewPage, "review"),
    page("find/", SearchPage, "search"),
    page("find/suggestions/", SuggestionsPart, "search_suggestions"),
    page("guides/", GuidesPage, "guides"),
    page("guides/<uuid:guide_id>/", GuidePage, "guide"),
    page("home/fresh/", FreshHome, "home_fresh"),
    page("handover/", HandoverPage, "handover"),
    page("proposals/", ProposalsPage, "proposals"),
    page("proposals/listed/", ListPart, "proposals_listed"),
    page("board/<day:day>/under-way/", UnderWayPart, "under_way"),
    page("proposals/<uuid:proposal_id>/", ProposalView, "proposal"),
    page("proposals/<uuid:proposal_id>/progress/", ProgressPart, "proposal_progress"),
]

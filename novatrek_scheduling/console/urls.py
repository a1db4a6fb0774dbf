"""The addresses of the console's own pages, below /admin/."""

from novatrek_scheduling.console.board.views import BoardPage
from novatrek_scheduling.console.pages import page

app_name = "console"
urlpatterns = [
    page("board/", BoardPage, "board"),
]

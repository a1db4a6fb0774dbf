"""Undo and redo: one's own last change of a date, from the panel of a departure and from the board."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from novatrek_scheduling.console.departures.editing import edit_of
from novatrek_scheduling.console.departures.views import CHANGE, VIEW, DeparturePage
from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.refusals import refusal_text
from novatrek_scheduling.errors import DomainError
from scheduling.daily_schedules.authors import Author
from scheduling.daily_schedules.changes import Change
from scheduling.history.undoing import redo_last, steps_of, undo_last


@dataclass(frozen=True, slots=True)
class Step:
    """Undo or redo, and the sentence that says it was done."""

    take: Callable[..., Change]
    sentence: str | Promise

    def taken(self, day: date, author: Author) -> str:
        """Take the step, and return what was done in a sentence. Raises as `undo_last` does."""
        change = self.take(day, author=author)
        after = change.after.departures
        names = sorted(after[key].trip_name for key in change.departure_ids if key in after)
        return str(self.sentence) % {"names": ", ".join(names)}


UNDO = Step(undo_last, gettext_lazy("Undone: %(names)s."))
REDO = Step(redo_last, gettext_lazy("Done again: %(names)s."))


class UndoStep(DeparturePage):
    """Takes back the last change that the person made of a date, and shows the departure."""

    step: ClassVar[Step] = UNDO

    def get(self, request: HttpRequest, day: date, departure_id: UUID) -> HttpResponse:
        return redirect("console:departure", day, departure_id)

    def post(self, request: HttpRequest, day: date, departure_id: UUID) -> HttpResponse:
        try:
            message = self.step.taken(day, self.author(""))
        except DomainError as error:
            _draft, panel = self.read(day, departure_id)
            edit = replace(edit_of(panel), problems=(refusal_text(error),))
            return self.show_panel(panel, edit, status=HTTPStatus.CONFLICT)
        _draft, panel = self.read(day, departure_id)
        return self.done(panel, message)


class RedoStep(UndoStep):
    """Makes the change again that the person undid last."""

    step = REDO


class UndoOnBoard(ConsolePage):
    """The buttons of the board for both (GET), and the step without a departure, which leads back to the board."""

    template_name = "admin/console/departures/undo.html"
    permission = VIEW
    permissions = {"POST": CHANGE}
    step: ClassVar[Step] = UNDO

    def get(self, request: HttpRequest, day: date) -> HttpResponse:
        steps = steps_of(day, request.user.get_username()) if request.user.has_perm(CHANGE) else None
        undo, redo = (reverse(f"console:{name}", args=[day]) for name in ("undo", "redo"))
        return self.show(_("Undo"), steps=steps, undo=undo, redo=redo)

    def post(self, request: HttpRequest, day: date) -> HttpResponse:
        try:
            messages.success(request, self.step.taken(day, self.author("")))
        except DomainError as error:
            messages.warning(request, refusal_text(error))
        return redirect(_board_before(request) or f"{reverse('console:board')}?date={day}")


def _board_before(request: HttpRequest) -> str:
    """Return the board that the person came from, with its view and region; empty where they came from elsewhere."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    is_board = came_from.path == reverse("console:board") and came_from.netloc == request.get_host()
    return f"{came_from.path}?{came_from.query}" if is_board else ""


class RedoOnBoard(UndoOnBoard):
    """The same for making the change again."""

    step = REDO

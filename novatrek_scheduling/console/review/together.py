"""Many conflicts at once: grouped by cause, what would be done about each in order, and what became of it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conflicts.admin.many import MOST_AT_ONCE, ResolveManyForm, plan_context
from conflicts.resolution.bulk import resolve_conflicts
from novatrek_scheduling.console.pages import ConsolePage
from novatrek_scheduling.console.review.groups import LOOKED_AT, Group, read_groups
from novatrek_scheduling.console.review.queue import Entry, entries_of
from novatrek_scheduling.console.review.steps import Progress, became_of
from novatrek_scheduling.console.review.views import RESOLVE, VIEW

TEMPLATES = "admin/console/review"
_TITLE = gettext_lazy("What became of the conflicts")


class TogetherPage(ConsolePage):
    """Groups of open conflicts with one cause, and those of one group to be resolved together."""

    template_name = f"{TEMPLATES}/groups.html"
    permission = VIEW
    permissions = {"POST": RESOLVE}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._groups(request.GET.get("group", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") == "plan":
            return self._plan(request.POST.get("group", ""))
        if request.POST.get("do") == "apply":
            return self._apply()
        if request.POST.get("do") == "step":
            return self._step()
        return HttpResponseBadRequest(_("This form has no such button."))

    def _groups(self, key: str, *, status: int = HTTPStatus.OK) -> HttpResponse:
        found = read_groups()
        group = found.of_key(key)
        return self.show(
            _("Several conflicts at once"),
            status=status,
            groups=found.groups,
            are_all=found.are_all,
            looked_at=LOOKED_AT,
            group=group,
            entries=_entries(group) if group else [],
            most=MOST_AT_ONCE,
            may_resolve=self.request.user.has_perm(RESOLVE),
        )

    def _plan(self, group: str) -> HttpResponse:
        """Show what would be done about the ticked conflicts, one after the other. Nothing is written."""
        chosen = _ids(self.request.POST.getlist("conflicts"))
        if not 0 < len(chosen) <= MOST_AT_ONCE:
            asked = _("Tick at least one conflict, and at most %(most)s.") % {"most": MOST_AT_ONCE}
            messages.warning(self.request, asked)
            return self._groups(group, status=HTTPStatus.BAD_REQUEST)
        return self._show_plan(chosen)

    def _show_plan(self, chosen: Sequence[UUID], *, status: int = HTTPStatus.OK, **typed: Any) -> HttpResponse:
        return self.show(template=f"{TEMPLATES}/plan.html", status=status, **plan_context(chosen), **typed)

    def _apply(self) -> HttpResponse:
        """Do what is ticked, and say what became of each; with nothing ticked, the plan and the notes stay."""
        form = ResolveManyForm(self.request.POST)
        if not form.is_valid():
            asked = _("Tick at least one conflict, and at most %(most)s.") % {"most": MOST_AT_ONCE}
            messages.warning(self.request, asked)
            planned = _ids(self.request.POST.getlist("conflicts"))[:MOST_AT_ONCE]
            ticked, notes = self.request.POST.getlist("choices"), self.request.POST.get("notes", "")
            return self._show_plan(planned, status=HTTPStatus.BAD_REQUEST, ticked=ticked, is_again=True, notes=notes)
        progress = Progress.before(self.request.POST)
        if len(progress.left) > 1:
            return self.show(str(_TITLE), template=f"{TEMPLATES}/steps.html", progress=progress)
        return self._step(form)

    def _step(self, form: ResolveManyForm | None = None) -> HttpResponse:
        """Do the first step of what is left, and say what became of each of its conflicts; the page asks for the next.

        A step is complete once it is answered: whoever leaves between two of them has done those before.
        """
        progress = Progress.before(self.request.POST)
        form = form or ResolveManyForm({"choices": progress.next_step, "notes": progress.notes})
        if not form.is_valid():
            return HttpResponseBadRequest(_("This form has no such button."))
        by = self.request.user.get_username()
        became = tuple(became_of(resolve_conflicts(form.cleaned_data["choices"], by=by, notes=progress.notes)))
        template = f"{TEMPLATES}/step.html" if self.request.headers.get("HX-Request") == "true" else ""
        return self.show(str(_TITLE), template=template or f"{TEMPLATES}/steps.html", progress=progress.after(became))


def _entries(group: Group) -> list[Entry]:
    """Return the conflicts of a group, by date and the most severe first, as they are resolved."""
    return sorted(
        entries_of(group.conflict_ids), key=lambda entry: (entry.day, -entry.severity.rank, entry.detected_at)
    )


def _ids(texts: Sequence[str]) -> list[UUID]:
    ids = []
    for text in texts:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids

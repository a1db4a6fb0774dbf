"""The last good answers of siblings in the console, and the acceptance of those that are not believed."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from events.admin import ViewOnly
from novatrek_scheduling.readable import Tones, as_sent, written
from scheduling.admin.formatting import table
from scheduling.admin.plan_names import guide_names, named_departures, trip_names
from scheduling.admin.region_names import region_name, region_names
from scheduling.domain.words import in_words
from scheduling.models import LastGoodAnswer
from scheduling.siblings.last_good import (
    BASE_CAMPS,
    CERTIFICATES,
    DEPARTURES,
    GUIDES,
    REGIONS,
    TRAILS,
    TRIPS,
)
from scheduling.siblings.last_good_rows import AVAILABLE, accept_answer

ACCEPT_PERMISSION = "scheduling.accept_lastgoodanswer"


class BeliefFilter(admin.SimpleListFilter):
    """A filter by whether the latest answer is believed."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("doubted", capfirst(_("not believed"))), ("good", capfirst(_("good")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        by_state: dict[str | None, QuerySet[Any]] = {
            "doubted": queryset.exclude(suspicion=""),
            "good": queryset.filter(suspicion=""),
        }
        return by_state.get(self.value(), queryset)


class ListFilter(admin.SimpleListFilter):
    """A filter by what is listed."""

    title = gettext_lazy("list")
    parameter_name = "resource"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = (BASE_CAMPS, CERTIFICATES, DEPARTURES, GUIDES, REGIONS, TRAILS, TRIPS)
        resources = [AVAILABLE, *(kind.resource for kind in kinds)]
        return [(resource, capfirst(_(resource))) for resource in resources]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(resource=self.value()) if self.value() else queryset


@admin.register(LastGoodAnswer)
class LastGoodAnswerAdmin(ViewOnly):
    list_display = ["sibling", "records_of", "of_what", "count", "read_at", "state", "suspicion", "suspected_at"]
    list_filter = [BeliefFilter, "sibling", ListFilter]
    search_fields = ["scope"]
    search_help_text = gettext_lazy("Id of the region, or date")
    ordering = ["-suspected_at", "sibling", "resource", "scope"]
    actions = ["accept_chosen"]
    fields = [
        "sibling",
        "records_of",
        "of_what",
        "read_at",
        "state",
        "suspicion",
        "suspected_at",
        "accepted_at",
        "answer",
    ]

    def has_accept_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ACCEPT_PERMISSION)

    @admin.display(description=gettext_lazy("list"), ordering="resource")
    def records_of(self, answer: LastGoodAnswer) -> str:
        return _(answer.resource)

    @admin.display(description=gettext_lazy("region or date"), ordering="scope")
    def of_what(self, answer: LastGoodAnswer) -> str:
        return scope_text(answer.scope)

    @admin.display(description=gettext_lazy("answer"))
    def answer(self, answer: LastGoodAnswer) -> SafeString:
        return records_table(answer)

    @admin.display(description=gettext_lazy("records"))
    def count(self, answer: LastGoodAnswer) -> int:
        return len(answer.records)

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"), label=Tones(good="success", **{"not believed": "danger"})
    )
    def state(self, answer: LastGoodAnswer) -> str:
        return _("not believed") if answer.suspicion else _("good")

    @admin.action(description=gettext_lazy("Accept what the sibling answers now"), permissions=["accept"])
    def accept_chosen(self, request: HttpRequest, queryset: QuerySet[LastGoodAnswer]) -> None:
        for answer in queryset.order_by("pk"):
            accept_answer(answer)
            self.log_change(request, answer, "Accepted")
            text = _("Accepted: %(answer)s. The next answer is believed whatever it says.")
            self.message_user(request, text % {"answer": answer})


def scope_text(scope: str) -> str:
    """Return the region or the date of an answer in words, empty for the whole list."""
    try:
        return str(localize(date.fromisoformat(scope)))
    except ValueError:
        return region_name(scope) if scope else ""


def records_table(answer: LastGoodAnswer) -> SafeString:
    """Return the records by name with what made them of use, and those without a name as a number."""
    names = _names_of(answer)
    known = sorted((names[key], _traits(traits)) for key, traits in answer.records.items() if key in names)
    rows: list[tuple[str, str]] = known
    if nameless := len(answer.records) - len(known):
        text = ngettext("%d whose name is not known here", "%d whose names are not known here", nameless)
        rows = [*known, (text % nameless, "")]
    return format_html("{}{}", table((_("Record"), _("Of use for")), rows), as_sent(written(answer.records)))


def _names_of(answer: LastGoodAnswer) -> Mapping[str, str]:
    if answer.resource == REGIONS.resource:
        return region_names()
    ids = [UUID(key) for key in answer.records]
    if answer.resource == DEPARTURES.resource:
        return {str(key): departure.trip_name for key, departure in named_departures(ids).items()}
    by_resource = {GUIDES.resource: guide_names, CERTIFICATES.resource: guide_names, TRIPS.resource: trip_names}
    read = by_resource.get(answer.resource)
    return {str(key): name for key, name in read(ids).items()} if read else {}


def _traits(traits: Any) -> str:
    return ", ".join(sorted(_(in_words(str(trait))) for trait in traits or ()))

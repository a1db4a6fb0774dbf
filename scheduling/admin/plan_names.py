"""The names of departures, trips and guides of which tables only have the ids, from the daily schedules."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Func, JSONField, Model, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events.admin import ViewOnly
from scheduling.models import DailySchedule, DepartureDate, GuideCommitment


@dataclass(frozen=True, slots=True)
class NamedDeparture:
    """What a departure is called: its trip, its local start, and its guides by id."""

    day: date
    key: UUID
    trip_name: str
    starts_at: datetime
    guides: Mapping[UUID, str]

    @property
    def link(self) -> SafeString:
        """The name as a link to the departure on the board: "Rim walk, 09:00"."""
        address = reverse("console:departure", args=[self.day, self.key])
        return link(address, f"{self.trip_name}, {self.starts_at:%H:%M}")

    def local(self, moment: datetime) -> str:
        """Return a moment in the departure's own time."""
        return date_format(moment.astimezone(self.starts_at.tzinfo), "j M H:i")


class WithPlanNames(ViewOnly):
    """Pages of rows that have the id of a departure: the names for a whole page are read in one query."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        self.name_rows(list(changelist.result_list))
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            self.name_rows([row])
        return row

    def name_rows(self, rows: Collection[Any]) -> None:
        """Give each row `named`: its departure, or None if no daily schedule has it any more."""
        found = named_departures(row.departure_id for row in rows if row.departure_id)
        for row in rows:
            row.named = found.get(row.departure_id)


def link(address: str, text: object) -> SafeString:
    """Return a link in the look of the console."""
    return format_html('<a class="c-link" href="{}">{}</a>', address, text)


def row_link(row: Model) -> SafeString:
    """Return a link to the page of a row, named as the row is."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return link(address, row)


def guide_link(guide_id: UUID, name: str | None) -> SafeString:
    """Return a link to a guide's page; a guide without a name is one whom no stored team has any more."""
    return link(reverse("console:guide", args=[guide_id]), name or _("a guide who is on no team"))


def departure_text(row: Any) -> SafeString | str:
    """Return the departure of a row of `WithPlanNames` as a link, or in words that it is not there."""
    if row.departure_id is None:
        return ""
    return row.named.link if row.named else _("a departure that is no longer planned")


def trip_text(trip_id: UUID | None) -> str:
    """Return the name of a trip, or in words that there is none."""
    if trip_id is None:
        return _("not known")
    return trip_names([trip_id]).get(trip_id) or _("a trip that has not been planned yet")


def named_departures(departure_ids: Iterable[UUID]) -> dict[UUID, NamedDeparture]:
    """Return those of the departures that a daily schedule has, in one query."""
    stored = DailySchedule.objects.filter(schedule_date=OuterRef("schedule_date")).values(
        found=Func(
            F("assignments"),
            Value("departures"),
            Cast(OuterRef("departure_id"), TextField()),
            function="jsonb_extract_path",
            output_field=JSONField(),
        )
    )
    rows = DepartureDate.objects.filter(departure_id__in=set(departure_ids)).annotate(stored=Subquery(stored))
    named = (_named(key, day, found) for key, day, found in rows.values_list("departure_id", "schedule_date", "stored"))
    return {departure.key: departure for departure in named if departure}


def trip_names(trip_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those trips that guides were last planned on."""
    latest = _latest(trip_id__in=set(trip_ids), by="trip_id")
    named = named_departures(latest.values())
    return {trip_id: named[key].trip_name for trip_id, key in latest.items() if key in named}


def guide_names(guide_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those guides who are or were on a team, as their latest departure has them."""
    latest = _latest(guide_id__in=set(guide_ids), by="guide_id")
    named = named_departures(latest.values())
    found = {guide_id: named[key].guides.get(guide_id) for guide_id, key in latest.items() if key in named}
    return {guide_id: name for guide_id, name in found.items() if name}


def _latest(*, by: str, **condition: Any) -> dict[UUID, UUID]:
    rows = GuideCommitment.objects.filter(**condition).order_by(by, "-starts_at").distinct(by)
    return dict(rows.values_list(by, "departure_id"))


def _named(key: UUID, day: date, stored: Any) -> NamedDeparture | None:
    """A change in SQL may have left anything in the place of a departure: then it has no name."""
    try:
        return NamedDeparture(
            day,
            key,
            stored["trip_name"],
            datetime.fromisoformat(stored["starts_at"]),
            {UUID(member["guide_id"]): member["guide_name"] for member in stored.get("team", ())},
        )
    except (TypeError, KeyError, ValueError):
        return None

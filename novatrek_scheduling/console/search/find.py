"""What is found: guides by name, departures by trip and team, requests and conflicts by their words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTransform
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conflicts.choices import SEVERITY_LABELS
from conflicts.detection import Severity
from conflicts.models import ScheduleConflict
from conflicts.models.conflicts import DESCRIPTION_WORDS, SEVERITY_RANK
from novatrek_scheduling.console.board.siblings_view import siblings_view
from novatrek_scheduling.console.days import company_day
from novatrek_scheduling.console.proposals.texts import moment_text
from scheduling.admin.region_names import region_name
from scheduling.models import DailySchedule, ScheduleRequest
from scheduling.models.search_words import SearchWords, beginning_with, has_words, words_of

MOST = 20
SHORTEST = 2
"""Fewer letters are in nearly everything."""
LOOKED_AT = 500
"""Of more conflicts or requests with the words, those shown first are the first of so many: another word helps."""
DAYS_BEHIND, DAYS_AHEAD = 3, 21
"""The dates whose departures are searched: those about which somebody still asks."""

May = Callable[[str], bool]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    text: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind: at most `MOST`, of more `is_cut` says so."""

    title: str
    icon: str
    found: tuple[Found, ...]
    is_cut: bool


def find(query: str, now: datetime, may: May, *, most: int = MOST) -> tuple[Group, ...]:
    """Return what has words that begin with each word of `query`, of what somebody may see.

    Kinds of which nothing was found are left out.
    """
    words = words_of(query)
    if sum(map(len, words)) < SHORTEST:
        return ()
    kinds = (
        (_("Guides"), "person", "scheduling.view_dailyschedule", _guides),
        (_("Departures"), "hiking", "scheduling.view_dailyschedule", _departures),
        (_("Conflicts"), "crisis_alert", "conflicts.view_scheduleconflict", _conflicts),
        (_("Requests"), "inbox_customize", "scheduling.view_schedulerequest", _requests),
    )
    groups = (_group(title, icon, look(words, now, most + 1), most) for title, icon, right, look in kinds if may(right))
    return tuple(group for group in groups if group.found)


def _group(title: str, icon: str, found: Iterator[Found], most: int) -> Group:
    first = [entry for entry, _place in zip(found, range(most + 1), strict=False)]
    return Group(title, icon, tuple(first[:most]), len(first) > most)


def _guides(words: Words, now: datetime, _most: int) -> Iterator[Found]:
    snapshot = siblings_view(company_day(now), (), ())
    regions = sorted(snapshot.regions.values(), key=lambda region: region.name)
    for guide in sorted(snapshot.guides.values(), key=lambda guide: (guide.name, guide.id)):
        if has_words(guide.name, words):
            here = ", ".join(region.name for region in regions if guide.works_in(region))
            yield Found(guide.name, here, reverse("console:guide", args=[guide.id]))


def _departures(words: Words, now: datetime, _most: int) -> Iterator[Found]:
    """Those of the company's day and later first; the documents are read as JSON and not made into departures."""
    today = company_day(now)
    near = DailySchedule.objects.filter(
        schedule_date__gte=today - timedelta(days=DAYS_BEHIND), schedule_date__lte=today + timedelta(days=DAYS_AHEAD)
    )
    stored = near.values_list("schedule_date", KeyTransform("departures", "assignments"))
    for day, departures in sorted(stored, key=lambda row: (row[0] < today, row[0])):
        for key, departure in sorted((departures or {}).items(), key=lambda item: str(item[1].get("starts_at"))):
            team = [str(member.get("guide_name", "")) for member in departure.get("team", ())]
            name = str(departure.get("trip_name", ""))
            if has_words(" ".join([name, *team]), words):
                start = str(departure.get("starts_at", ""))[11:16]
                where = region_name(str(departure.get("region_id", "")))
                detail = ", ".join(filter(None, [f"{date_format(day, 'D j M')} {start}", where, *team]))
                yield Found(name, detail, reverse("console:departure", args=[day, key]))


def _conflicts(words: Words, _now: datetime, most: int) -> Iterator[Found]:
    """The worst first, and of those the oldest."""
    rows = ScheduleConflict.objects.open()
    found = rows.filter(pk__in=_having(words, rows, DESCRIPTION_WORDS))
    for row in found.order_by(SEVERITY_RANK.desc(), "detected_at", "pk")[:most]:
        severity = _(SEVERITY_LABELS[Severity(row.details["severity"])])
        day = date_format(date.fromisoformat(row.details["conflict_date"]), "D j M")
        yield Found(str(row.details["description"]), f"{severity}, {day}", reverse("console:review", args=[row.pk]))


def _requests(words: Words, _now: datetime, most: int) -> Iterator[Found]:
    """The newest first."""
    rows = ScheduleRequest.objects.only("requested_by", "status", "created_at")
    found = rows.filter(pk__in=_having(words, rows, SearchWords("requested_by")))
    for row in found.order_by("-created_at", "request_id")[:most]:
        asked = moment_text(row.created_at, with_day=True)
        address = reverse("admin:scheduling_schedulerequest_change", args=[row.pk])
        yield Found(
            _("Request of %(who)s") % {"who": row.requested_by}, f"{row.get_status_display()}, {asked}", address
        )


def _having(words: Words, rows: QuerySet[Any], own: SearchWords) -> list[UUID]:
    """Return the keys of rows that have these words, at most `LOOKED_AT`, in whatever order the index has them.

    Asked for in an order, PostgreSQL would read all rows in that order where it overestimates how many have a word.
    """
    found = rows.alias(words=own).filter(words=beginning_with(words)).order_by()
    return list(found.values_list("pk", flat=True)[:LOOKED_AT])

"""What was done since a time, and by whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conflicts.choices import EventKind
from conflicts.models import ConflictEvent
from novatrek_scheduling.console.counts import RowCount
from novatrek_scheduling.console.days import company_day
from novatrek_scheduling.console.handover.lines import Line, Section
from novatrek_scheduling.console.navigation import list_of
from novatrek_scheduling.console.proposals.texts import moment_text
from novatrek_scheduling.readable import spelled
from scheduling.domain.words import listed
from scheduling.models import ScheduleRevision, schedule_id_of

# Of these dates what was written is read: revisions are found by their date, not by when they were written.
DAYS_BEHIND, DAYS_AHEAD = 7, 60
CAUSES_NAMED, DATES_NAMED = 3, 4
DECISIONS = {
    EventKind.RESOLVED: gettext_lazy("resolved"),
    EventKind.ACCEPTED: gettext_lazy("accepted as a risk"),
    EventKind.ACCEPTANCE_WITHDRAWN: gettext_lazy("open again, its acceptance withdrawn"),
}


def done_since(now: datetime, since: datetime) -> Section:
    """Return who changed which dates, and who dealt with how many conflicts, people and processes alike."""
    lines = [*_writes(now, since), *_decisions(since)]
    return Section(
        key="done",
        title=_("Done since %(since)s") % {"since": moment_text(since, with_day=True)},
        empty=_("Nothing was changed since then."),
        count=RowCount(len(lines)),
        lines=tuple(lines),
        address=str(list_of("scheduling.schedulerevision")),
    )


def _writes(now: datetime, since: datetime) -> list[Line]:
    """Return a line an author, the latest first."""
    today = company_day(now)
    days = [today + timedelta(days=n) for n in range(-DAYS_BEHIND, DAYS_AHEAD + 1)]
    rows = ScheduleRevision.objects.filter(schedule_id__in=map(schedule_id_of, days), changed_at__gte=since)
    found = rows.order_by().values("author", "kind", "schedule_date", "cause")
    by_author: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in found.annotate(count=Count("pk"), last=Max("changed_at")):
        by_author[row["author"], row["kind"]].append(row)
    ordered = sorted(by_author.items(), key=lambda item: max(row["last"] for row in item[1]), reverse=True)
    return [_write(author, kind, writes) for (author, kind), writes in ordered]


def _write(author: str, kind: str, writes: list[Mapping[str, Any]]) -> Line:
    count, last = sum(row["count"] for row in writes), max(row["last"] for row in writes)
    dates = sorted({row["schedule_date"] for row in writes})
    causes = dict.fromkeys(row["cause"] for row in sorted(writes, key=lambda row: -row["count"]) if row["cause"])
    text = ngettext("%(who)s: %(count)s change of %(dates)s", "%(who)s: %(count)s changes of %(dates)s", count)
    return Line(
        text=text % {"who": author, "count": count, "dates": _dates(dates)},
        detail="; ".join(
            [
                _(spelled(kind)),
                *list(causes)[:CAUSES_NAMED],
                _("last at %(time)s") % {"time": moment_text(last, with_day=True)},
            ]
        ),
    )


def _dates(dates: list[date]) -> str:
    named = [date_format(day, "j M") for day in dates[:DATES_NAMED]]
    further = len(dates) - len(named)
    more = ngettext("%(count)s more date", "%(count)s more dates", further) % {"count": further}
    return listed([*named, *([more] if further else [])], conjunction=_("and"))


def _decisions(since: datetime) -> Iterable[Line]:
    """Yield who resolved, accepted and withdrew how many conflicts."""
    events = ConflictEvent.objects.filter(occurred_at__gte=since, kind__in=[*DECISIONS]).exclude(by="")
    by_person: defaultdict[str, list[str]] = defaultdict(list)
    for row in events.order_by("by", "kind").values("by", "kind").annotate(count=Count("pk")):
        text = ngettext("%(count)s conflict %(done)s", "%(count)s conflicts %(done)s", row["count"])
        by_person[row["by"]].append(text % {"count": row["count"], "done": DECISIONS[EventKind(row["kind"])]})
    return [Line(f"{who}: {', '.join(parts)}") for who, parts in by_person.items()]

"""What is open at a handover: conflicts, risks that run out, late feeds, people not told yet, proposals."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conflicts.detection import Severity
from conflicts.models import RiskAcceptance, ScheduleConflict
from conflicts.monitoring.passes import is_overdue, last_complete_pass, last_finished_pass
from events.models import OutboxMessage
from novatrek_scheduling.console.counts import NONE, RowCount, count_all
from novatrek_scheduling.console.handover.lines import MOST, Line, Section, ago
from novatrek_scheduling.console.marks import SEVERITIES, Look, Tone
from novatrek_scheduling.console.navigation import list_of
from novatrek_scheduling.console.proposals.listing import read_list
from novatrek_scheduling.console.proposals.texts import moment_text
from novatrek_scheduling.readable import spelled
from scheduling.domain.facts import Sibling
from scheduling.domain.words import in_words, sentence
from scheduling.models import LastGoodAnswer

SOON = timedelta(hours=48)
"""How long before its end an accepted risk is part of a handover: the next shift renews it or mends the cause."""
NOT_BELIEVED = Look("help", Tone.WARN, gettext_lazy("Not believed"))
LATE = Look("schedule", Tone.URGENT, gettext_lazy("Late"))
RETRIED = Look("sync_problem", Tone.WARN, gettext_lazy("Being tried again"))


def open_conflicts(now: datetime, _since: datetime) -> Section:
    """Return the open conflicts, the longest open first: the oldest of each severity are read, by an index."""
    ranked = {severity.value: ScheduleConflict.objects.open().ranked(severity) for severity in Severity}
    first, *others = (rows[:MOST] for rows in ranked.values())
    oldest = first.union(*others, all=True).order_by("detected_at", "conflict_id")[:MOST]
    return Section(
        key="conflicts",
        title=_("Open conflicts"),
        empty=_("No conflict is open."),
        count=sum(count_all(ranked).values(), NONE),
        lines=tuple(_conflict(row, now) for row in oldest),
        address=reverse("console:review"),
    )


def _conflict(row: ScheduleConflict, now: datetime) -> Line:
    open_for = _("open for %(time)s") % {"time": ago(row.detected_at, now)}
    return Line(
        text=str(row.details.get("description", row)),
        detail=f"{date_format(date.fromisoformat(row.details['conflict_date']), 'D j M')}, {open_for}",
        address=reverse("console:review", args=[row.pk]),
        look=SEVERITIES[Severity(row.details["severity"])],
    )


def expiring_risks(now: datetime, _since: datetime) -> Section:
    """Return the accepted risks that come back within `SOON`, the next to expire first."""
    rows = RiskAcceptance.objects.in_force(now).filter(expires_at__lte=now + SOON).order_by("expires_at", "pk")
    lines = [
        Line(
            text=str(risk.conflict.details.get("description", risk)),
            detail=_("until %(end)s, accepted by %(owner)s: %(reason)s")
            % {"end": moment_text(risk.expires_at, with_day=True), "owner": risk.owner, "reason": risk.reason},
            address=reverse("admin:conflicts_scheduleconflict_change", args=[risk.conflict_id]),
            look=SEVERITIES[Severity(risk.severity)],
        )
        for risk in rows.select_related("conflict")[:MOST]
    ]
    return Section(
        key="risks",
        title=_("Accepted risks that expire within two days"),
        empty=_("No accepted risk expires within two days."),
        count=_counted(rows),
        lines=tuple(lines),
        address=str(list_of("conflicts.riskacceptance")),
    )


def stale_feeds(now: datetime, _since: datetime) -> Section:
    """Return what is not known as it should be: late monitors, what they did not read, answers not believed."""
    lines = [*_monitors(now), *_doubted(now)]
    return Section(
        key="feeds",
        title=_("Stale feeds"),
        empty=_("Every sibling was read, and is believed."),
        count=RowCount(len(lines)),
        lines=tuple(lines),
        address=str(list_of("scheduling.lastgoodanswer")),
    )


def _monitors(now: datetime) -> Iterator[Line]:
    complete, finished = last_complete_pass(), last_finished_pass()
    if is_overdue(complete, now):
        read_at = complete.completed_at if complete else None
        since = _("last %(time)s ago") % {"time": ago(read_at, now)} if read_at else _("not once yet")
        yield Line(_("The monitors have not read everything, %(since)s.") % {"since": since}, look=LATE)
    for text in finished.not_read if finished else ():
        # The name of a service has no capital.
        words = str(text) if str(text).startswith("svc-") else sentence(str(text))
        yield Line(words, _("not read by the monitors' last pass"), look=LATE)


def _doubted(now: datetime) -> Iterator[Line]:
    for answer in LastGoodAnswer.objects.exclude(suspicion="").order_by("suspected_at", "pk").defer("records"):
        yield Line(
            text=f"{answer.sibling}, {_(in_words(answer.resource))}: {answer.suspicion}",
            detail=_("last believed %(time)s ago") % {"time": ago(answer.read_at, now)},
            address=f"{list_of('scheduling.lastgoodanswer')}?{urlencode({'state': 'doubted'})}",
            look=NOT_BELIEVED,
        )


def untold_changes(now: datetime, _since: datetime) -> Section:
    """Return the notices of published changes that their guides have not got, the oldest first."""
    rows = OutboxMessage.objects.filter(
        destination=Sibling.NOTIFICATIONS.value, sent_at=None, kind__startswith="guide."
    ).order_by("pk")
    return Section(
        key="untold",
        title=_("Published, and not told yet"),
        empty=_("Every guide has been told what was published."),
        count=_counted(rows),
        lines=tuple(_notice(message, now) for message in rows[:MOST]),
        address=str(list_of("events.outboxmessage")),
    )


def _notice(message: OutboxMessage, now: datetime) -> Line:
    variables = message.payload.get("body", {}).get("variables", {})
    waits = _("waits for %(time)s") % {"time": ago(message.created_at, now)}
    tried = ngettext("%(count)s attempt failed", "%(count)s attempts failed", message.attempts)
    failures = [tried % {"count": message.attempts}, message.last_error] if message.attempts else []
    if message.failed_at:
        failures.append(_("given up: it is a dead letter"))
    return Line(
        text=f"{capfirst(_(spelled(message.kind.removeprefix('guide.'))))}: {variables.get('departures', '')}",
        detail="; ".join([waits, *filter(None, failures)]),
        address=reverse("admin:events_outboxmessage_change", args=[message.pk]),
        look=RETRIED if message.attempts else None,
    )


def proposals(now: datetime, _since: datetime) -> Section:
    """Return the proposals that nobody has decided on."""
    rows = read_list(now).waiting
    lines = [
        Line(
            text=f"{date_format(row.day, 'D j M Y')}, {row.regions}: {row.state}",
            detail=_("asked for by %(asked)s; %(limit)s") % {"asked": row.asked, "limit": row.limit},
            address=reverse("console:proposal", args=[row.id]),
        )
        for row in rows[:MOST]
    ]
    return Section(
        key="proposals",
        title=_("Proposals that wait"),
        empty=_("No proposal waits."),
        count=RowCount(len(rows)),
        lines=tuple(lines),
        address=reverse("console:proposals"),
    )


def _counted(rows: QuerySet[Any, Any]) -> RowCount:
    return count_all({"rows": rows})["rows"]

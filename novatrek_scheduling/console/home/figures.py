"""What waits for a person and what is under way, as figures that lead to where it is dealt with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from novatrek_scheduling.console.counts import NONE, RowCount
from novatrek_scheduling.console.home.open_rows import May
from novatrek_scheduling.console.home.trend import DayScore
from novatrek_scheduling.console.marks import NEEDS_APPROVAL, RISK_ACCEPTED, Look, Tone
from novatrek_scheduling.console.navigation import list_of

DATES_NAMED = 2
SCHEDULES = "scheduling.view_dailyschedule"

Counts = Mapping[str, RowCount]

FAILED = Look("error", Tone.WARN, gettext_lazy("Failed"))
RETRIED = Look("sync_problem", Tone.WARN, gettext_lazy("Being tried again"))
DEAD = Look("unsubscribe", Tone.WARN, gettext_lazy("Not delivered"))
HAZARD = Look("warning", Tone.WARN, gettext_lazy("Trails closed"))
TO_DECIDE = Look("pending_actions", Tone.INFO, gettext_lazy("To be decided"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its words. `look` says how it stands where somebody should look, else it is None."""

    key: str
    title: str | Promise
    count: RowCount
    note: str
    address: str
    look: Look | None = None


def waiting_figures(counts: Counts, scores: Iterable[DayScore], now: datetime, may: May) -> tuple[Figure, ...]:
    """Return what waits for a person: approvals, risks that run out, proposals, hazards."""
    found = [_approvals(scores, now)] if may(SCHEDULES) else []
    if "risks" in counts:
        found.append(_risks(counts["risks"]))
    if "proposals" in counts:
        found.append(_proposals(counts["proposals"]))
    if "hazards" in counts:
        found.append(_hazards(counts["hazards"], counts["closing"]))
    return tuple(found)


def queue_figures(counts: Counts) -> tuple[Figure, ...]:
    """Return what the service has under way and what of it went wrong."""
    found = []
    if "pending" in counts:
        found.append(_open_requests(counts))
    if "runs" in counts:
        found.append(_plans(counts))
    if "unsent" in counts:
        found.append(_messages(counts))
    if "dead" in counts:
        found.append(_dead_letters(counts["dead"]))
    return tuple(found)


def _approvals(scores: Iterable[DayScore], now: datetime) -> Figure:
    waiting = [(score, score.awaiting(now)) for score in scores if score.awaiting(now)]
    named = [f"{date_format(score.day, 'D j M')}: {number}" for score, number in waiting[:DATES_NAMED]]
    return Figure(
        key="approvals",
        title=_("Approvals"),
        count=RowCount(sum(number for _score, number in waiting)),
        note=", ".join([*named, *(["…"] if len(waiting) > DATES_NAMED else [])]) or _("none waits"),
        address=waiting[0][0].address if waiting else reverse("console:board"),
        look=NEEDS_APPROVAL if waiting else None,
    )


def _risks(count: RowCount) -> Figure:
    return Figure(
        key="risks",
        title=_("Accepted risks"),
        count=count,
        note=_("end within two days"),
        address=reverse("console:handover") + "#handover-risks",
        look=RISK_ACCEPTED if count else None,
    )


def _proposals(count: RowCount) -> Figure:
    return Figure(
        key="proposals",
        title=_("Proposals"),
        count=count,
        note=_("wait for a decision"),
        address=reverse("console:proposals"),
        look=TO_DECIDE if count else None,
    )


def _hazards(count: RowCount, closing: RowCount) -> Figure:
    return Figure(
        key="hazards",
        title=_("Hazards"),
        count=count,
        note=_some(closing, _("%(count)s closing trails")) or _("in force today"),
        address=f"{list_of('scheduling.hazard')}?{urlencode({'force': 'in_force'})}",
        look=HAZARD if closing else None,
    )


def _open_requests(counts: Counts) -> Figure:
    failed = counts["failed"]
    return Figure(
        key="requests",
        title=_("Requests"),
        count=counts["pending"] + counts["processing"],
        note=_joined(
            _some(counts["pending"], _("%(count)s waiting")),
            _some(
                counts["processing"],
                _("%(count)s being planned"),
            ),
            _some(failed, _("%(count)s failed in 24 hours")),
        )
        or _("none waits"),
        address=str(list_of("scheduling.schedulerequest")),
        look=FAILED if failed else None,
    )


def _plans(counts: Counts) -> Figure:
    made, night = counts.get("made", NONE), counts["night"]
    return Figure(
        key="plans",
        title=_("Plans being made"),
        count=counts["runs"] + made,
        note=_joined(
            _some(counts["runs"], ngettext("%(count)s run", "%(count)s runs", counts["runs"].number)),
            _some(made, ngettext("%(count)s proposal", "%(count)s proposals", made.number)),
            _some(night, ngettext("%(count)s date of the night", "%(count)s dates of the night", night.number)),
        )
        or _("nothing under way"),
        address=str(list_of("optimization.optimizationrun")),
    )


def _messages(counts: Counts) -> Figure:
    retried = counts["retried"]
    return Figure(
        key="messages",
        title=_("Messages to send"),
        count=counts["unsent"] + retried,
        note=_some(retried, _("%(count)s being tried again")) or _("to other services"),
        address=str(list_of("events.outboxmessage")),
        look=RETRIED if retried else None,
    )


def _dead_letters(count: RowCount) -> Figure:
    return Figure(
        key="dead",
        title=_("Dead letters"),
        count=count,
        note=_("to send again or discard") if count else _("none"),
        address=f"{list_of('events.deadletter')}?{urlencode({'settled': 'open'})}",
        look=DEAD if count else None,
    )


def _some(count: RowCount, words: str) -> str:
    """Return the words for a number, nothing for none."""
    return words % {"count": count} if count else ""


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))

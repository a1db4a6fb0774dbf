"""What the next shift has to know: what is open, what runs out, what is late, and what was done by whom."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from novatrek_scheduling.console.days import company_zone
from novatrek_scheduling.console.handover import done, waiting
from novatrek_scheduling.console.handover.lines import Section

SHIFT = timedelta(hours=12)
"""How far back a brief looks at what was done, unless a time is given."""

May = Callable[[str], bool]
_SECTIONS: tuple[tuple[str, Callable[[datetime, datetime], Section]], ...] = (
    ("conflicts.view_scheduleconflict", waiting.open_conflicts),
    ("conflicts.view_riskacceptance", waiting.expiring_risks),
    ("scheduling.view_lastgoodanswer", waiting.stale_feeds),
    ("events.view_outboxmessage", waiting.untold_changes),
    ("scheduling.view_dailyschedule", waiting.proposals),
    ("scheduling.view_schedulerevision", done.done_since),
)


@dataclass(frozen=True, slots=True)
class Brief:
    """A handover at `now`, of what was done since `since`; both by the company's clock."""

    now: datetime
    since: datetime
    sections: tuple[Section, ...]


def read_brief(now: datetime, since: datetime, may: May) -> Brief:
    """Return the sections that somebody may see, in the order in which they are to be read.

    `may` answers whether they have a permission.
    """
    zone = company_zone()
    sections = tuple(read(now, since) for permission, read in _SECTIONS if may(permission))
    return Brief(now.astimezone(zone), since.astimezone(zone), sections)


def since_in(text: str, now: datetime) -> datetime:
    """Return the moment that is meant by "06:00" (the last time it was) or "2026-11-27 06:00", by the company's clock.

    Empty is a shift ago. Raises ValueError for any other text and for a moment that is still to come.
    """
    if not text.strip():
        return now - SHIFT
    moment = _moment_in(text.strip(), now)
    if moment > now:
        raise ValueError(_("“%(text)s” is still to come.") % {"text": text.strip()})
    return moment


def _moment_in(text: str, now: datetime) -> datetime:
    with suppress(ValueError):
        return _last_at(time.fromisoformat(text), now)
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=company_zone())
    raise ValueError(_("“%(text)s” is no time such as 06:00 or 2026-11-27 06:00.") % {"text": text})


def _last_at(clock: time, now: datetime) -> datetime:
    today: date = now.astimezone(company_zone()).date()
    days: Iterable[date] = (today, today - timedelta(days=1))
    moments = (datetime.combine(day, clock.replace(tzinfo=None), company_zone()) for day in days)
    return next(moment for moment in moments if moment <= now)

"""How the siblings answer and how old what is known of them is; and what the monitors last saw."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conflicts.models import MonitorPass
from conflicts.monitoring.passes import is_overdue, last_complete_pass, last_passes
from novatrek_scheduling.console.board.hearing import PASSES_SEARCHED, heard_in
from novatrek_scheduling.console.home.ago import ago_text
from novatrek_scheduling.console.marks import Look, Tone
from novatrek_scheduling.console.navigation import list_of
from scheduling.domain.facts import Sibling
from scheduling.domain.words import in_words
from scheduling.models import LastGoodAnswer
from scheduling.siblings.circuit_breaker import circuit_of

MOST_NOT_READ = 6
MOST_DOUBTED = 20

READ_SIBLINGS: Mapping[Sibling, str | Promise] = {
    Sibling.TRIP_CATALOG: gettext_lazy("Trips and regions"),
    Sibling.GUIDE_MANAGEMENT: gettext_lazy("Guides"),
    Sibling.TRAIL_MANAGEMENT: gettext_lazy("Trails"),
    Sibling.WEATHER: gettext_lazy("Weather"),
    Sibling.LOCATION_SERVICES: gettext_lazy("Base camps"),
}
"""The siblings whose facts plans rest on, by what they tell."""

ANSWERS = Look("check", Tone.GOOD, gettext_lazy("Answers"))
SILENT = Look("cloud_off", Tone.WARN, gettext_lazy("Silent"))
PAUSED = Look("cloud_off", Tone.WARN, gettext_lazy("Not asked"))
DOUBTED = Look("help", Tone.WARN, gettext_lazy("Not believed"))
LATE = Look("schedule", Tone.WARN, gettext_lazy("Not read lately"))
WATCHING = Look("check", Tone.GOOD, gettext_lazy("Everything is watched"))
INCOMPLETE = Look("error", Tone.WARN, gettext_lazy("Not everything is watched"))


@dataclass(frozen=True, slots=True)
class SiblingHealth:
    """A sibling: `heard` says when it last answered everything, `doubted` which of its answers are not believed."""

    sibling: Sibling
    name: str | Promise
    look: Look
    heard: str
    doubted: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Monitors:
    """What the monitors last saw, in words; `not_read` are the first of what their last pass did not read."""

    look: Look
    text: str
    not_read: tuple[str, ...]
    further: int


@dataclass(frozen=True, slots=True)
class Health:
    monitors: Monitors
    siblings: tuple[SiblingHealth, ...]


def read_health(now: datetime) -> Health:
    """Return the health of what plans rest on at `now` (aware), in two queries, three where no late pass was whole."""
    passes = last_passes(PASSES_SEARCHED)
    complete = next((found for found in passes if found.is_complete), None) or last_complete_pass()
    heard = heard_in(passes, READ_SIBLINGS.keys())
    doubted = _doubted()
    not_read = tuple(map(str, passes[0].not_read)) if passes else ()
    is_late = is_overdue(passes[0] if passes else None, now)
    siblings = (
        _sibling(sibling, heard.get(sibling), not_read, doubted.get(sibling, []), now, is_late=is_late)
        for sibling in READ_SIBLINGS
    )
    return Health(_monitors(complete, not_read, now), tuple(siblings))


def _doubted() -> dict[str, list[str]]:
    """Return what is not believed of each sibling, in words."""
    rows = LastGoodAnswer.objects.exclude(suspicion="").order_by("suspected_at", "pk")
    found: dict[str, list[str]] = {}
    for sibling, resource, suspicion in rows.values_list("sibling", "resource", "suspicion")[:MOST_DOUBTED]:
        found.setdefault(sibling, []).append(f"{capfirst(_(in_words(resource)))}: {suspicion}")
    return found


def _sibling(
    sibling: Sibling,
    heard_at: datetime | None,
    not_read: Sequence[str],
    doubted: Sequence[str],
    now: datetime,
    *,
    is_late: bool,
) -> SiblingHealth:
    is_silent = any(sibling in sentence for sentence in not_read)
    query = urlencode({"sibling": sibling.value, **({"state": "doubted"} if doubted else {})})
    return SiblingHealth(
        sibling=sibling,
        name=READ_SIBLINGS[sibling],
        look=_look(sibling, is_silent=is_silent, is_doubted=bool(doubted), is_late=is_late),
        heard=ago_text(heard_at, now) if heard_at else _("not heard of yet"),
        doubted=tuple(doubted),
        address=f"{list_of('scheduling.lastgoodanswer')}?{query}",
    )


def _look(sibling: Sibling, *, is_silent: bool, is_doubted: bool, is_late: bool) -> Look:
    looks = (
        (DOUBTED, is_doubted),
        (PAUSED, circuit_of(sibling).is_open),
        (SILENT, is_silent),
        (LATE, is_late),
    )
    return next((look for look, holds in looks if holds), ANSWERS)


def _monitors(complete: MonitorPass | None, not_read: Sequence[str], now: datetime) -> Monitors:
    is_watching = not not_read and not is_overdue(complete, now)
    return Monitors(
        look=WATCHING if is_watching else INCOMPLETE,
        text=" ".join(_pass_texts(complete, now)),
        not_read=tuple(not_read[:MOST_NOT_READ]),
        further=max(0, len(not_read) - MOST_NOT_READ),
    )


def _pass_texts(complete: MonitorPass | None, now: datetime) -> Iterator[str]:
    if complete is None or complete.completed_at is None:
        yield _("The monitors have not read everything yet.")
        return
    yield _("The monitors last read everything %(when)s:") % {"when": ago_text(complete.completed_at, now)}
    departures = ngettext("%(count)s departure", "%(count)s departures", complete.departures)
    dates = ngettext("%(count)s date", "%(count)s dates", complete.dates)
    yield _("%(departures)s on %(dates)s.") % {
        "departures": departures % {"count": complete.departures},
        "dates": dates % {"count": complete.dates},
    }

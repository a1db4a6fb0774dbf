"""What a change would bring about, said before it is saved: found by making it on a copy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conflicts.monitoring.planned import consequences_of
from novatrek_scheduling.console.marks import SEVERITIES, Mark
from novatrek_scheduling.console.state_texts import approval_text
from optimization.candidates.workload import hours_led
from optimization.days.score import day_score
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.patches.services import PatchPreview
from scheduling.publication.notices import NoticeKind
from scheduling.publication.previews import notices_once_published
from scheduling.rules import Facts

NOTICES: Mapping[NoticeKind, str | Promise] = {
    NoticeKind.ASSIGNED: _("is told to go"),
    NoticeKind.RELEASED: _("is told that another goes"),
    NoticeKind.RESCHEDULED: _("is told the new time or trail"),
    NoticeKind.ROLE_CHANGED: _("is told the new role"),
    NoticeKind.CANCELLED: _("is told that it is cancelled"),
}


@dataclass(frozen=True, slots=True)
class HoursChange:
    """A guide's hours in the 14 days before the date and on it, before and after the change."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Consequences:
    """The consequences of a change. `score` and `hours_apart` have the figures before and after.

    `hours_apart` is how far the hours of the region's guides are from their mean, on average. Without facts
    (`is_judged` False) only what our own documents say is known.
    """

    caused: tuple[Mark, ...]
    cured: tuple[Mark, ...]
    score: tuple[float, float]
    hours: tuple[HoursChange, ...]
    hours_apart: tuple[float, float] | None
    notices: tuple[tuple[str, str | Promise], ...]
    approval: str
    is_judged: bool


def consequences(preview: PatchPreview, day: date, departure_id: UUID, now: datetime) -> Consequences:
    """Return the consequences of a previewed patch of `day` for the region of a departure, at `now` (aware)."""
    change, facts = preview.change, preview.facts
    departure = change.after.departures[departure_id]
    detected = consequences_of(change, day, facts, now=now)
    before, after = (_going(document, departure.region_id) for document in (change.before, change.after))
    planned = {key: change.after.departures[key] for key in change.departure_ids}
    hours = _Hours.of(facts, departure.region_id, before, after)
    return Consequences(
        caused=tuple(Mark(SEVERITIES[c.severity], c.description) for c in detected.caused),
        cured=tuple(Mark(SEVERITIES[c.severity], c.description) for c in detected.cured),
        score=(day_score(before, before), day_score(before, after)),
        hours=tuple(hours.changes(_names(change.before, facts) | _names(change.after, facts))),
        hours_apart=hours.apart,
        notices=tuple(_notices(planned, _names(change.before, facts) | _names(change.after, facts))),
        approval=approval_text(departure) if departure.needs_approval else "",
        is_judged=facts is not None,
    )


def _going(document: ScheduleDocument, region_id: UUID) -> dict[UUID, Departure]:
    here = document.departures_in([region_id])
    return {key: departure for key, departure in here.items() if not departure.is_cancelled}


def _names(document: ScheduleDocument, facts: Facts | None) -> dict[UUID, str]:
    guides = facts.snapshot.guides.values() if facts else ()
    members = (member for departure in document.departures.values() for member in departure.team)
    return {guide.id: guide.name for guide in guides} | {member.guide_id: member.guide_name for member in members}


def _notices(planned: Mapping[UUID, Departure], names: Mapping[UUID, str]) -> Iterator[tuple[str, str | Promise]]:
    for notice in notices_once_published(planned):
        yield names.get(notice.guide_id, ""), NOTICES[notice.kind]


@dataclass(frozen=True, slots=True)
class _Hours:
    before: Mapping[UUID, float]
    after: Mapping[UUID, float]
    compared: frozenset[UUID]

    @classmethod
    def of(
        cls,
        facts: Facts | None,
        region_id: UUID,
        before: Mapping[UUID, Departure],
        after: Mapping[UUID, Departure],
    ) -> "_Hours":
        recent = facts.recent_hours if facts else {}
        sides = [hours_led(departures.values()) for departures in (before, after)]
        guides = {*recent, *sides[0], *sides[1]}
        totals = [{guide: recent.get(guide, 0.0) + side.get(guide, 0.0) for guide in guides} for side in sides]
        region = facts.snapshot.regions.get(region_id) if facts else None
        here = facts.snapshot.guides.values() if facts and region else ()
        compared = frozenset(guide.id for guide in here if region and guide.is_active and guide.works_in(region))
        return cls(totals[0], totals[1], compared)

    def changes(self, names: Mapping[UUID, str]) -> Iterator[HoursChange]:
        for guide in sorted(self.before, key=lambda key: (names.get(key, ""), key)):
            if self.before[guide] != self.after[guide]:
                yield HoursChange(names.get(guide, ""), self.before[guide], self.after[guide])

    @property
    def apart(self) -> tuple[float, float] | None:
        if not self.compared:
            return None
        return self._apart(self.before), self._apart(self.after)

    def _apart(self, hours: Mapping[UUID, float]) -> float:
        values = [hours.get(guide, 0.0) for guide in self.compared]
        mean = fmean(values)
        return fmean(abs(value - mean) for value in values)

"""The effect of a publication, found by publishing a copy."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.document import Departure
from scheduling.publication.chosen import Chosen
from scheduling.publication.judgement import Judgement, PublicationFacts, judge
from scheduling.publication.notices import Notice, notices_between
from scheduling.publication.publishing import departures_due, is_unstaffed_draft, publish


@dataclass(frozen=True, slots=True)
class PublicationPreview:
    """The effect of a publication.

    `departures` would change, shown as they would then be; `before` has all departures of the date as they are now;
    `notices` are those that would be sent. `unstaffed` are drafts that stay drafts because they have no team;
    `awaiting_approval` are the departures that only a person may publish. `judgement` is what stands against it.
    """

    day: date
    rev: int
    before: Mapping[UUID, Departure]
    departures: Mapping[UUID, Departure]
    notices: tuple[Notice, ...]
    unstaffed: tuple[UUID, ...]
    awaiting_approval: tuple[UUID, ...]
    judgement: Judgement
    known: PublicationFacts


def preview_publication(
    day: date, *, departure_ids: Collection[UUID] | None = None, region_id: UUID | None = None
) -> PublicationPreview:
    """Preview `publish_departures` by a person, as of now. Raises UnknownSchedule and UnknownDeparture."""
    chosen = Chosen(day, departure_ids, region_id)
    draft = read_drafts([day], departures=chosen.looked_at())[day]
    keys, before = chosen.within(draft), draft.document.departures
    due = departures_due(before, keys)
    known = PublicationFacts.read(day, due)
    judgement = judge(draft.document, day, due, known)
    after = {key: departure.copy_with_team() for key, departure in due.items()}
    for key, departure in after.items():
        publish(departure, judgement.notes.get(key, {}))
    published = {key: departure for key, departure in after.items() if departure != before[key]}
    return PublicationPreview(
        day=day,
        rev=draft.rev,
        before=before,
        departures=dict(sorted(published.items(), key=lambda item: (item[1].starts_at, item[0]))),
        notices=tuple(notices_between({key: before[key] for key in published}, published)),
        unstaffed=tuple(sorted(key for key in keys if is_unstaffed_draft(before[key]))),
        awaiting_approval=tuple(sorted(key for key in published if before[key].needs_approval)),
        judgement=judgement,
        known=known,
    )


def notices_due(days: Collection[date], departure_ids: Collection[UUID]) -> list[Notice]:
    """Return what guides will be told once these departures of `days` are published as they are now."""
    departures = [draft.document.departures for draft in read_drafts(days, departures=departure_ids).values()]
    found = {key: of_day.get(key) for of_day in departures for key in departure_ids if key in of_day}
    return notices_once_published({key: departure for key, departure in found.items() if departure is not None})


def notices_once_published(departures: Mapping[UUID, Departure]) -> list[Notice]:
    """Return what guides would be told once these departures, stored or only planned, are published."""
    before = departures_due(departures, departures)
    after = {key: departure.copy_with_team() for key, departure in before.items()}
    for departure in after.values():
        publish(departure, {})
    return notices_between(before, after)

"""The facts that an interactive change of some departures is judged on, read while somebody waits."""

import time
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.conf import settings

from scheduling.document import Departure
from scheduling.gathering import gather_facts
from scheduling.rules import Facts
from scheduling.rules.facts import days_of
from scheduling.snapshot import take_facts_snapshot, with_availability_notes, with_certificates


def facts_about(
    days: Iterable[date],
    departures: Iterable[Departure],
    *,
    trip_ids: Collection[UUID] = (),
    trail_ids: Collection[UUID] = (),
    guide_ids: Collection[UUID] = (),
    deadline_seconds: float | None = None,
) -> Facts:
    """What is known on `days` of these departures, and of further trips, trails and guides.

    Certificates and notes are read for `guide_ids` and for the departures' teams, as far as the deadline
    (the interactive one of the settings if not given) leaves time: what was not read, a person approves.
    Raises SiblingUnavailable where the catalog or the guides do not answer.
    """
    departures = list(departures)
    seconds = settings.SNAPSHOT_DEADLINE_SECONDS["interactive"] if deadline_seconds is None else deadline_seconds
    until = time.monotonic() + seconds
    snapshot = take_facts_snapshot(
        {*days, *(day for departure in departures for day in days_of(departure))},
        region_ids={departure.region_id for departure in departures},
        trip_ids={departure.trip_id for departure in departures} | set(trip_ids),
        trail_ids={d.trail_id for d in departures if d.trail_id} | set(trail_ids),
        deadline_seconds=seconds,
    )
    guides = {guide for departure in departures for guide in departure.guide_ids} | set(guide_ids)
    snapshot = with_certificates(snapshot, guides, deadline_seconds=_left(until))
    snapshot = with_availability_notes(snapshot, guides, deadline_seconds=_left(until))
    return gather_facts(snapshot)


def _left(until: float) -> float:
    return max(0.0, until - time.monotonic())

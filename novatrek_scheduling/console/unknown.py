"""What is not known about a departure, because a sibling does not answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.domain.document import Departure
from scheduling.domain.facts import Sibling, Snapshot


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a silent sibling leaves open."""

    sibling: Sibling
    words: str | Promise


def unknown_about(departure: Departure, day: date, snapshot: Snapshot) -> tuple[Unknown, ...]:
    """Return what the snapshot, which was taken for `day`, leaves open about a departure that has not ended."""
    return () if departure.is_cancelled else tuple(_unknown(departure, day, snapshot))


def _unknown(departure: Departure, day: date, snapshot: Snapshot) -> Iterator[Unknown]:
    region = departure.region_id
    if not snapshot.knows(Sibling.WEATHER) and not (region in snapshot.alerts and (region, day) in snapshot.outlooks):
        yield Unknown(Sibling.WEATHER, _("the weather"))
    if departure.trail_id and not snapshot.knows(Sibling.TRAIL_MANAGEMENT):
        trail = snapshot.trails.get(departure.trail_id)
        if trail is None or not trail.conditions_known:
            yield Unknown(Sibling.TRAIL_MANAGEMENT, _("the condition of the trail"))
    if departure.location_id and not snapshot.knows(Sibling.LOCATION_SERVICES) and region not in snapshot.locations:
        yield Unknown(Sibling.LOCATION_SERVICES, _("how many people the base camp takes"))
    if departure.team and not snapshot.knows(Sibling.GUIDE_MANAGEMENT):
        yield Unknown(Sibling.GUIDE_MANAGEMENT, _("whether the guides are available"))

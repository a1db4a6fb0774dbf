"""Whether a departure is what a schedule request demands."""

from collections.abc import Iterator

from optimization.verification.evidence import Broken, Judged, Wanted
from optimization.verification.guides import names_of
from scheduling.domain.facts import Difficulty, Trail, Trip, WeatherOutlook
from scheduling.domain.normalization import normalise_activity

WET = {"RAFTING", "KAYAKING", "CANYONEERING"}
LOW_M, FLAT_M, FAMILY_AGE = 300, 30, 12
NOTHING_WANTED = Wanted(joining=0)


def _wanted(judged: Judged) -> Wanted:
    return judged.evidence.wanted or NOTHING_WANTED


def required_guide(judged: Judged) -> Iterator[Broken]:
    for guide_id in sorted(_wanted(judged).required - judged.departure.guide_ids):
        yield Broken(f"guide {guide_id} is required and does not come", guide_id)


def excluded_guide(judged: Judged) -> Iterator[Broken]:
    wanted = _wanted(judged)
    for guide_id, name in names_of(judged).items():
        if guide_id in wanted.excluded or (wanted.only and guide_id not in wanted.only):
            yield Broken(f"{name} is excluded", guide_id)


def room(judged: Judged) -> Iterator[Broken]:
    wanted = judged.evidence.wanted
    if wanted is None:
        return
    seats = judged.departure.capacity
    if wanted.largest_group is not None:
        seats = min(seats, wanted.largest_group)
    if judged.guests > seats:
        yield Broken(f"{judged.guests} guests where {seats} may be", excess=judged.guests - seats)


def weather(judged: Judged) -> Iterator[Broken]:
    place = (judged.departure.region_id, judged.evidence.day)
    if _wanted(judged).good_weather and judged.evidence.snapshot.outlooks.get(place) == WeatherOutlook.STORM_WARNING:
        yield Broken("a storm is forecast, and good weather is required")


def accessibility(judged: Judged) -> Iterator[Broken]:
    for requirement in _wanted(judged).accessibility:
        if judged.trip is None or not _fits(requirement, judged.trip, judged.trail):
            yield Broken(f"it is not {requirement}", about=requirement)


def _fits(requirement: str, trip: Trip, trail: Trail | None) -> bool:
    """Whatever is not known does not fit."""
    if trail is None:
        return False
    climbs = trail.elevation_gain_m if trail.elevation_gain_m is not None else float("inf")
    match requirement:
        case "WHEELCHAIR_ACCESSIBLE":
            return trail.difficulty == Difficulty.EASY and climbs <= FLAT_M and trail.surface == "DRY"
        case "LOW_ALTITUDE":
            return climbs <= LOW_M
        case "FAMILY_FRIENDLY":
            return trail.difficulty in {Difficulty.EASY, Difficulty.MODERATE} and trip.age_minimum <= FAMILY_AGE
        case "NO_WATER_CROSSINGS":
            is_dry = trail.conditions_known and trail.water_crossings_passable is None
            return is_dry and normalise_activity(trip.activity_type) not in WET
    return False

"""Checks of a departure against the terms of the schedule request that it serves."""

from collections.abc import Iterator

from optimization.verification.evidence import Breach, CheckedDeparture, RequestTerms
from optimization.verification.guides import names_of
from scheduling.domain.facts import Difficulty, Trail, Trip, WeatherOutlook
from scheduling.domain.normalization import normalise_activity

WET = {"RAFTING", "KAYAKING", "CANYONEERING"}
LOW_GAIN_M, FLAT_GAIN_M, FAMILY_AGE = 300, 30, 12
NO_TERMS = RequestTerms(joining=0)


def _terms(checked: CheckedDeparture) -> RequestTerms:
    return checked.evidence.terms or NO_TERMS


def check_required_guide(checked: CheckedDeparture) -> Iterator[Breach]:
    for guide_id in sorted(_terms(checked).required - checked.departure.guide_ids):
        yield Breach(f"guide {guide_id} is required and not on the team", guide_id)


def check_excluded_guide(checked: CheckedDeparture) -> Iterator[Breach]:
    for guide_id, name in names_of(checked).items():
        if guide_id in _terms(checked).excluded:
            yield Breach(f"{name} is excluded", guide_id)


def check_room(checked: CheckedDeparture) -> Iterator[Breach]:
    terms = checked.evidence.terms
    if terms is None:
        return
    seats = checked.departure.capacity
    if terms.largest_group is not None:
        seats = min(seats, terms.largest_group)
    if checked.guests > seats:
        yield Breach(f"{checked.guests} guests for {seats} seats", excess=checked.guests - seats)


def check_weather(checked: CheckedDeparture) -> Iterator[Breach]:
    place = (checked.departure.region_id, checked.evidence.day)
    if _terms(checked).good_weather and checked.evidence.snapshot.outlooks.get(place) == WeatherOutlook.STORM_WARNING:
        yield Breach("a storm is forecast, but good weather is required")


def check_accessibility(checked: CheckedDeparture) -> Iterator[Breach]:
    for requirement in _terms(checked).accessibility:
        if checked.trip is None or not _fits(requirement, checked.trip, checked.trail):
            yield Breach(f"does not meet {requirement}", about=requirement)


def _fits(requirement: str, trip: Trip, trail: Trail | None) -> bool:
    """Return whether the trip on its trail meets the requirement; an unknown fact does not."""
    if trail is None:
        return False
    gain = trail.elevation_gain_m if trail.elevation_gain_m is not None else float("inf")
    match requirement:
        case "WHEELCHAIR_ACCESSIBLE":
            return trail.difficulty == Difficulty.EASY and gain <= FLAT_GAIN_M and trail.surface == "DRY"
        case "LOW_ALTITUDE":
            return gain <= LOW_GAIN_M
        case "FAMILY_FRIENDLY":
            return trail.difficulty in {Difficulty.EASY, Difficulty.MODERATE} and trip.age_minimum <= FAMILY_AGE
        case "NO_WATER_CROSSINGS":
            is_dry = trail.conditions_known and trail.water_crossings_passable is None
            return is_dry and normalise_activity(trip.activity_type) not in WET
    return False

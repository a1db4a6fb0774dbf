"""The trips of the catalog and their departures, 38 on each date of a company of today's size."""

from collections.abc import Sequence
from datetime import date, timedelta

from novatrek_scheduling.sandbox.world.company import Company
from novatrek_scheduling.sandbox.world.regions import FOUNDED
from novatrek_scheduling.sandbox.world.seeding import Entity, fraction, identity, stamp, whole
from novatrek_scheduling.sandbox.world.trip_plans import TripPlan

DAYS_PAST = 60
DAYS_AHEAD = 120
_FITNESS = {"BEGINNER": "LOW", "INTERMEDIATE": "MODERATE", "ADVANCED": "HIGH", "EXPERT": "VERY_HIGH"}
_AGE_MINIMUM = {"BEGINNER": 8, "INTERMEDIATE": 14, "ADVANCED": 16, "EXPERT": 18}
_GEAR = {
    "HIKING": "Hiking boots",
    "ROCK_CLIMBING": "Climbing helmet",
    "KAYAKING": "Personal flotation device",
    "RAFTING": "Wetsuit",
    "CAMPING": "Sleeping bag",
    "MOUNTAIN_BIKING": "Bike helmet",
    "CANYONEERING": "Harness",
    "SNOWSHOEING": "Snowshoes",
    "BACKCOUNTRY_SKIING": "Avalanche transceiver",
    "WILDLIFE_SAFARI": "Binoculars",
}


def trips(company: Company) -> list[Entity]:
    """Return all trips in the representation of svc-trip-catalog."""
    return [_trip(plan) for plan in company.trips]


def departures(company: Company, today: date, days: range) -> list[Entity]:
    """Return the departures on `days`, counted from `today`, as in the catalog on `today`."""
    dates = [today + timedelta(days=offset) for offset in days]
    return [departure for day in dates for departure in departures_on(company, day, today=today)]


def departures_on(company: Company, day: date, *, today: date) -> list[Entity]:
    """Return the departures of a date in all regions."""
    return [
        _departure(plan, day, time, today)
        for region in company.regions
        for plan, time in _slots(company.trips_of[region.name], day)[: region.departures_a_day]
    ]


def _slots(trips: Sequence[TripPlan], day: date) -> list[tuple[TripPlan, str]]:
    """Return the slots by priority: trips that are not daily, each daily trip once, then second departures."""
    running = [plan for plan in trips if plan.runs_on(day)]
    running.sort(key=lambda plan: (-plan.every, fraction("slot", plan.name, day)))
    second_departures = [(plan, time) for plan in running for time in plan.times[1:]]
    return [(plan, plan.times[0]) for plan in running] + second_departures


def _departure(plan: TripPlan, day: date, time: str, today: date) -> Entity:
    names = (plan.id, day, time)
    sold = _sold(plan, names)
    departure = {
        "id": identity("departure", *names),
        "trip_id": plan.id,
        "departure_date": day.isoformat(),
        "departure_time": time,
        "guide_id": None,
        "available_spots": plan.most - sold,
        "total_spots": plan.most,
        "status": _departure_status(plan, sold, day, today, names),
        "meeting_point": plan.region.base_camp,
        "created_at": stamp(day - timedelta(days=DAYS_AHEAD), 9),
    }
    language = fraction("language", *names)
    return departure | ({"notes": "Language: es"} if language > 0.96 else {})


def _sold(plan: TripPlan, names: tuple[object, ...]) -> int:
    if plan.most > 40:
        return whole(38, plan.most, "sold", *names)
    share = fraction("sold", *names)
    return plan.most if share > 0.9 else max(2, round(plan.most * (0.3 + 0.6 * share)))


def _departure_status(plan: TripPlan, sold: int, day: date, today: date, names: tuple[object, ...]) -> str:
    if fraction("cancelled", *names) < 0.008:
        return "CANCELLED"
    if day < today:
        return "COMPLETED"
    return "FULL" if sold == plan.most else "OPEN"


def _trip(plan: TripPlan) -> Entity:
    return {
        "id": plan.id,
        "name": plan.name,
        "description": f"{plan.name}: {plan.hours:g} hours out of {plan.region.base_camp}.",
        "activity_type": plan.activity,
        "difficulty_level": plan.difficulty,
        "region_id": plan.region.id,
        "duration_hours": plan.hours,
        "min_participants": 2,
        "max_participants": plan.most,
        "base_price": float(whole(8, 60, "price", plan.name) * 5 + round(plan.hours * 6)),
        "status": plan.status,
        "required_certifications": plan.certifications,
        "gear_requirements": _gear(plan),
        "age_minimum": _AGE_MINIMUM[plan.difficulty],
        "fitness_level_required": _FITNESS[plan.difficulty],
        "created_at": stamp(FOUNDED + timedelta(days=whole(0, 300, "created", plan.name))),
        "updated_at": stamp(FOUNDED + timedelta(days=400)),
        "created_by": "product-team",
    }


def _gear(plan: TripPlan) -> list[Entity]:
    own = {
        "item_type": _GEAR[plan.activity],
        "mandatory": True,
        "rental_available": True,
        "rental_price": 15.0,
    }
    return [
        own,
        {
            "item_type": "Water, two litres",
            "mandatory": True,
            "rental_available": False,
            "rental_price": None,
        },
    ]

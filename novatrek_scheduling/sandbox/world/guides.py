"""The guides: profiles, certificates, absences and past trips."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from novatrek_scheduling.sandbox.world.company import Company
from novatrek_scheduling.sandbox.world.names import FIRST_NAMES, LAST_NAMES
from novatrek_scheduling.sandbox.world.regions import FOUNDED, RegionPlan
from novatrek_scheduling.sandbox.world.seeding import Entity, choice, distinct, fraction, identity, stamp, whole
from novatrek_scheduling.sandbox.world.trip_plans import TripPlan
from novatrek_scheduling.sandbox.world.trips import DAYS_AHEAD, DAYS_PAST

_NAMES_OF_TODAY = 16
_GUIDES_OF_TODAY = 142
_STATUSES = {7: "ON_LEAVE", 26: "TRAINING", 45: "ON_LEAVE", 64: "SUSPENDED", 83: "TRAINING", 102: "ON_LEAVE"}
_TRAININGS = ("WILDERNESS_FIRST_AID", "WILDERNESS_FIRST_RESPONDER", "WILDERNESS_EMT", "PARAMEDIC")
_SKILLS = {
    "ROCK_CLIMBING": ("ROPE_RESCUE",),
    "KAYAKING": ("KAYAK_INSTRUCTOR",),
    "RAFTING": ("SWIFT_WATER_RESCUE",),
    "CANYONEERING": ("ROPE_RESCUE",),
    "BACKCOUNTRY_SKIING": ("AVALANCHE_SAFETY",),
    "SNOWSHOEING": ("AVALANCHE_SAFETY",),
}
_SPELLINGS = {"RAFTING": "whitewater_rafting"}
_EXTRAS = ("LEAVE_NO_TRACE", "CPR", "FIRST_AID")
_ABSENCE_CYCLE_DAYS = 45
_NOTES = (
    "Only before 15:00 on this day.",
    "Recovering from a sprained ankle, please ask first.",
    "Prefers short trips.",
)


def guides(company: Company, today: date) -> list[Entity]:
    """Return all guides in the representation of svc-guide-management."""
    homes = [(region, number) for region in company.regions for number in range(region.guides)]
    names = _names(company, homes)
    by_name = {region.name: region for region in company.regions}
    offered = {region.name: _offered(company.trips_of[region.name]) for region in company.regions}
    return [
        _guide(region, number, index, name, offered[region.name], by_name, today)
        for index, ((region, number), name) in enumerate(zip(homes, names, strict=True))
    ]


def certifications(all_guides: list[Entity], today: date) -> list[Entity]:
    """Return all certificates, of which some are expired, some revoked and some about to expire."""
    return [
        _certificate(guide, name.upper().replace("-", "_").replace(" ", "_"), today)
        for guide in all_guides
        for name in guide["certifications"]
    ] + [_expired_canyon_guide(guide, today) for guide in all_guides[-2:]]


def windows(all_guides: list[Entity], today: date) -> list[Entity]:
    """Return the absences of guides and their notes for single days."""
    first, last = today - timedelta(days=DAYS_PAST), today + timedelta(days=DAYS_AHEAD)
    cycles = range(first.toordinal() // _ABSENCE_CYCLE_DAYS - 1, last.toordinal() // _ABSENCE_CYCLE_DAYS + 1)
    absences = [_absence(guide, cycle) for guide in all_guides for cycle in cycles]
    notes = [_note(guide, cycle) for guide in all_guides for cycle in cycles if _has_note(guide, cycle)]
    return absences + notes


def past_trips(company: Company, all_guides: list[Entity], today: date) -> list[Entity]:
    """Return the last three trips of each guide in the representation of svc-guide-management."""
    trips = company.trips
    return [_past_trip(trips, guide, number, today) for guide in all_guides for number in range(3)]


def _names(company: Company, homes: Sequence[tuple[RegionPlan, int]]) -> list[tuple[str, str]]:
    """Return a first and a last name for each guide, all different in a region and its neighbours."""
    known = _NAMES_OF_TODAY if company.scale == 1 else None

    def draw(*seed: object) -> tuple[str, str]:
        return choice(FIRST_NAMES[:known], "first", *seed), choice(LAST_NAMES[:known], "last", *seed)

    # Neighbours are among the six regions that were founded together.
    together: dict[int, list[tuple[object, ...]]] = {}
    for region, number in homes:
        together.setdefault(region.number, []).append((region.name, number))
    drawn = {seed: name for seeds in together.values() for seed, name in zip(seeds, distinct(draw, seeds), strict=True)}
    return [drawn[region.name, number] for region, number in homes]


def _offered(trips: Sequence[TripPlan]) -> list[str]:
    return sorted({plan.activity for plan in trips if plan.status == "ACTIVE"})


def _guide(
    region: RegionPlan,
    number: int,
    index: int,
    name: tuple[str, str],
    offered: Sequence[str],
    regions: Mapping[str, RegionPlan],
    today: date,
) -> Entity:
    names = (region.name, number)
    first, last = name
    activities = _activities(offered, number)
    guide = {
        "id": identity("guide", *names),
        "first_name": first,
        "last_name": last,
        "email": f"{first}.{last}.{index}@guides.novatrek.example.com".lower(),
        "phone": f"+1-555-{index:04d}",
        "region_ids": _regions(region, number, regions),
        "certifications": _certifications(activities, names),
        "activity_specialties": [_spelled(activity, number) for activity in activities],
        "years_experience": whole(1, 22, "years", *names),
        "max_group_size": whole(3, 7, "group", *names) * 2,
        "status": _STATUSES.get(index % _GUIDES_OF_TODAY, "ACTIVE"),
        "average_rating": whole(36, 50, "rating", *names) / 10,
        "total_trips_led": whole(10, 900, "led", *names),
        "emergency_training_level": _training(names),
        "languages": [
            "en",
            *([choice(["es", "fr", "de", "ja"], "language", *names)] if number % 3 == 0 else []),
        ],
        "created_at": stamp(FOUNDED + timedelta(days=index % 1_000)),
        "updated_at": stamp(today - timedelta(days=whole(1, 60, "updated", *names))),
    }
    if number % 22 == 11:
        del guide["max_group_size"]
    return guide


def _activities(offered: Sequence[str], number: int) -> list[str]:
    """Return two to four of the activities offered in the region, distributed evenly over the guides."""
    count = 2 + number % 3
    return list(dict.fromkeys(offered[(number + step * (1 + number % 2)) % len(offered)] for step in range(count)))


def _regions(region: RegionPlan, number: int, regions: Mapping[str, RegionPlan]) -> list[str]:
    """Return the home region and, for one guide in four, a neighbour; by id or slug, as entered."""
    entered = [region.id if number % 3 else region.slug]
    if region.neighbours and number % 4 == 0:
        neighbour = regions[region.neighbours[number // 4 % len(region.neighbours)]]
        entered.append(neighbour.slug if number % 8 else neighbour.id)
    return entered


def _training(names: tuple[object, ...]) -> str:
    draw = fraction("training", *names)
    return _TRAININGS[(draw > 0.4) + (draw > 0.8) + (draw > 0.93)]


def _certifications(activities: list[str], names: tuple[object, ...]) -> list[str]:
    held = ["WILDERNESS_FIRST_AID", _training(names)]
    if fraction("first aid", *names) > 0.85:
        held.remove("WILDERNESS_FIRST_AID")
    for skill in (skill for activity in activities for skill in _SKILLS.get(activity, ())):
        if fraction("skill", skill, *names) < 0.88:
            held.append(skill)
    if fraction("extra", *names) > 0.5:
        held.append(choice(_EXTRAS, "which extra", *names))
    return [name.lower() for name in dict.fromkeys(held)]


def _spelled(activity: str, number: int) -> str:
    plain = _SPELLINGS.get(activity, activity.lower())
    return (plain, plain.replace("_", " ").title(), plain.replace("_", "-"))[number % 3]


def _certificate(guide: Entity, name: str, today: date) -> Entity:
    draw = fraction("certificate", guide["id"], name)
    status, left = "VALID", whole(60, 700, "expiry", guide["id"], name)
    if draw < 0.04:
        status, left = "EXPIRED", -whole(2, 40, "expired", guide["id"], name)
    elif draw < 0.08:
        left = whole(1, 25, "expires soon", guide["id"], name)
    elif draw < 0.09:
        status = "REVOKED"
    elif draw < 0.11:
        status, left = "PENDING_RENEWAL", 5
    return _certificate_of(guide, name, status, today + timedelta(days=left))


def _expired_canyon_guide(guide: Entity, today: date) -> Entity:
    return _certificate_of(guide, "CANYON_GUIDE", "EXPIRED", today - timedelta(days=90))


def _certificate_of(guide: Entity, name: str, status: str, expires: date) -> Entity:
    return {
        "id": identity("certificate", guide["id"], name),
        "guide_id": guide["id"],
        "certification_type": name,
        "issued_date": (expires - timedelta(days=730)).isoformat(),
        "expiry_date": None if name == "LEAVE_NO_TRACE" else expires.isoformat(),
        "issuing_body": choice(["Wilderness Medicine Council", "National Guide Association"], name),
        "certificate_number": f"NT-{whole(10_000, 99_999, 'number', guide['id'], name)}",
        "status": status,
    }


def _absence(guide: Entity, cycle: int) -> Entity:
    names = ("away", guide["id"], cycle)
    start = date.fromordinal(cycle * _ABSENCE_CYCLE_DAYS + whole(0, _ABSENCE_CYCLE_DAYS - 12, *names))
    end = start + timedelta(days=whole(2, 11, "days", *names))
    return _window(guide, start, end, available=False, notes=choice(["Vacation", "Family leave", "Training"], *names))


def _has_note(guide: Entity, cycle: int) -> bool:
    return fraction("note", guide["id"], cycle) > 0.7


def _note(guide: Entity, cycle: int) -> Entity:
    day = date.fromordinal(
        cycle * _ABSENCE_CYCLE_DAYS + whole(0, _ABSENCE_CYCLE_DAYS - 1, "note day", guide["id"], cycle)
    )
    return _window(guide, day, day, available=True, notes=choice(_NOTES, "note", guide["id"], cycle))


def _window(guide: Entity, start: date, end: date, *, available: bool, notes: str) -> Entity:
    return {
        "id": identity("window", guide["id"], start, end, available),
        "guide_id": guide["id"],
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
        "available": available,
        "notes": notes,
    }


def _past_trip(trips: Sequence[TripPlan], guide: Entity, number: int, today: date) -> Entity:
    names = ("past", guide["id"], number)
    day = today - timedelta(days=whole(8, 20, *names) * (number + 1))
    plan = choice(trips, *names)
    return {
        "id": identity(*names),
        "guide_id": guide["id"],
        "trip_id": plan.id,
        "trip_name": plan.name,
        "departure_date": day.isoformat(),
        "return_date": (day + timedelta(days=int(plan.hours // 24))).isoformat(),
        "role": choice(["LEAD", "ASSISTANT"], "role", *names),
        "group_size": whole(2, 12, "people", *names),
    }

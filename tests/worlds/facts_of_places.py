"""What svc-trail-management, svc-weather and svc-location-services tell, and what follows from a change of it."""

from novatrek_scheduling.sandbox.world.weather import forecast_id
from tests.worlds.every_fact import Change, Row, Subject, assessment, closing, conditions, trail, warning


def _season(**season: object) -> Change:
    return trail(
        seasonal_availability={"year_round": False, "open_from": "2000-06-01", "open_until": "2000-06-02"} | season
    )


def _forecast(condition: str) -> Change:
    def change(subject: Subject) -> None:
        station = subject.siblings.get("regions", subject.departure["region_id"])["weather_station_id"]
        subject.alter("forecasts", forecast_id(station, subject.day), condition=condition)

    return change


def _camp(kind: str, **changes: object) -> Change:
    return lambda subject: subject.alter(kind, subject.departure["location_id"], **changes)


def _opening(**changes: str) -> Change:
    row = {"day_of_week": "MONDAY", "open_time": "09:00", "close_time": "10:00"}
    return _camp("locations", operating_hours=[row | changes])


_OPENING = "departures are sold as they are; a machine moves one only to hours at which its base camp is open"
ROWS = (
    Row(
        "TrailPayload.id",
        lambda subject: subject.siblings.remove("trails", subject.departure["trail_id"]),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "TrailPayload.region_id",
        lambda subject: subject.alter("trails", subject.departure["trail_id"], region_id=subject.other_region),
        ignored_because="it is asked when a trail is chosen, and one that was chosen stays while it is open",
    ),
    Row("TrailPayload.name", trail(name="Renamed"), ignored_because="it is shown, and read whenever it is"),
    Row(
        "TrailPayload.activity_types",
        trail(activity_types=["KAYAKING"]),
        ignored_because="it is asked when a trail is chosen, and one that was chosen stays while it is open",
    ),
    Row(
        "TrailPayload.elevation_gain_m",
        trail(elevation_gain_m=4000.0),
        ignored_because="it counts against restrictions of guides and needs of guests, of which there are none here",
    ),
    Row(
        "TrailPayload.difficulty",
        trail(difficulty="EXTREME"),
        ignored_because="it counts against restrictions of guides, and when a trail is chosen",
    ),
    Row(
        "TrailPayload.max_group_size",
        trail(max_group_size=1),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "TrailPayload.seasonal_availability",
        _season(),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "TrailPayload.status", trail(status="CLOSED"), draft=frozenset({"trail_id"}), published=frozenset({"trail_id"})
    ),
    Row("SeasonPayload.open_from", _season(), draft=frozenset({"trail_id"}), published=frozenset({"trail_id"})),
    Row("SeasonPayload.open_until", _season(), draft=frozenset({"trail_id"}), published=frozenset({"trail_id"})),
    Row("SeasonPayload.year_round", _season(), draft=frozenset({"trail_id"}), published=frozenset({"trail_id"})),
    Row("ClosurePayload.id", closing(), draft=frozenset({"trail_id"}), published=frozenset({"trail_id"})),
    Row(
        "ClosurePayload.reason",
        closing(reason="Bridge gone"),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "ClosurePayload.start_date",
        closing(start_date="2000-01-01"),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "ClosurePayload.end_date",
        closing(end_date=None),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "ClosurePayload.severity",
        closing(severity="CRITICAL"),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "ClosurePayload.is_active",
        closing(is_active=False, start_date="2000-01-01"),
        ignored_because="a closure that has begun and is not active was lifted",
    ),
    Row(
        "ConditionsPayload.trail_status",
        trail(status="CLOSED"),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "ConditionsPayload.surface_condition",
        conditions(surface_condition="FLOODED"),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "ForecastPayload.date",
        _forecast("THUNDERSTORM"),
        draft=frozenset({"STORM_FORECAST"}),
        published=frozenset({"STORM_FORECAST"}),
    ),
    Row(
        "ForecastPayload.condition",
        _forecast("THUNDERSTORM"),
        draft=frozenset({"STORM_FORECAST"}),
        published=frozenset({"STORM_FORECAST"}),
    ),
    Row("AlertPayload.id", warning(), draft=frozenset({"WEATHER_WARNING"}), published=frozenset({"WEATHER_WARNING"})),
    Row(
        "AlertPayload.severity",
        warning(severity="EMERGENCY"),
        draft=frozenset({"WEATHER_WARNING"}),
        published=frozenset({"WEATHER_WARNING"}),
    ),
    Row(
        "AlertPayload.title",
        warning(title="Blizzard"),
        draft=frozenset({"WEATHER_WARNING"}),
        published=frozenset({"WEATHER_WARNING"}),
    ),
    Row(
        "AlertPayload.effective_from",
        warning(effective_from="2000-01-01T00:00:00Z"),
        draft=frozenset({"WEATHER_WARNING"}),
        published=frozenset({"WEATHER_WARNING"}),
    ),
    Row(
        "AlertPayload.effective_until",
        warning(effective_until="2999-01-01T00:00:00Z"),
        draft=frozenset({"WEATHER_WARNING"}),
        published=frozenset({"WEATHER_WARNING"}),
    ),
    Row(
        "AlertPayload.affected_trail_ids",
        lambda subject: warning(affected_trail_ids=[subject.departure["trail_id"]])(subject),
        draft=frozenset({"WEATHER_WARNING"}),
        published=frozenset({"WEATHER_WARNING"}),
    ),
    Row(
        "AlertPayload.is_active",
        warning(is_active=False),
        ignored_because="an alert that is not active warns of nothing",
    ),
    Row(
        "AssessmentPayload.overall_status",
        assessment(overall_status="IMPASSABLE"),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "AssessmentPayload.surface_condition",
        assessment(surface_condition="FLOODED"),
        draft=frozenset({"trail_id"}),
        published=frozenset({"trail_id"}),
    ),
    Row(
        "AssessmentPayload.water_crossings_passable",
        assessment(water_crossings_passable=False),
        ignored_because="it counts for guests who cross no water, of whom there are none here",
    ),
    Row(
        "LocationPayload.id",
        lambda subject: subject.siblings.remove("locations", subject.departure["location_id"]),
        draft=frozenset({"team"}),
    ),
    Row(
        "LocationPayload.region_id",
        lambda subject: subject.alter("locations", subject.departure["location_id"], region_id=subject.other_region),
        draft=frozenset({"team"}),
    ),
    Row(
        "LocationPayload.coordinates",
        _camp("locations", coordinates={"latitude": 80.0, "longitude": 10.0}),
        ignored_because="it is asked for daylight when a departure is moved",
    ),
    Row("LocationPayload.operating_hours", _opening(), ignored_because=_OPENING),
    Row("OpeningHoursPayload.day_of_week", _opening(day_of_week="SUNDAY"), ignored_because=_OPENING),
    Row("OpeningHoursPayload.open_time", _opening(open_time="11:00"), ignored_because=_OPENING),
    Row("OpeningHoursPayload.close_time", _opening(close_time="11:00"), ignored_because=_OPENING),
    Row("LocationPayload.name", _camp("locations", name="Renamed"), ignored_because="it is not used"),
    Row("LocationPayload.type", _camp("locations", type="OUTPOST"), draft=frozenset({"team"})),
    Row(
        "CapacityPayload.location_id",
        _camp("capacities", location_id="0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1"),
        ignored_because="it is the location that was asked about",
    ),
    Row(
        "CapacityPayload.max_capacity",
        _camp("capacities", max_capacity=1),
        draft=frozenset({"NO_LEAD", "team", "unassigned_reason"}),
        published=frozenset({"NO_LEAD", "team", "unassigned_reason"}),
    ),
    Row(
        "CapacityPayload.current_occupancy",
        _camp("capacities", current_occupancy=999),
        ignored_because="who is there now says nothing of a later date",
    ),
)

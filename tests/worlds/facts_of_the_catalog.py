"""What svc-trip-catalog tells, and what follows from a change of it."""

from tests.worlds.every_fact import Row, Subject, departure, region, trip


def _to_the_other_region(subject: Subject) -> None:
    subject.alter("trips", subject.departure["trip_id"], region_id=subject.other_region)


def _to_the_next_day(subject: Subject) -> None:
    subject.alter("departures", subject.departure_id, departure_date=f"{subject.world.days[1]}")


def _to_the_other_trip(subject: Subject) -> None:
    other = next(key for key in subject.world.trip_ids if key != subject.departure["trip_id"])
    subject.alter("departures", subject.departure_id, trip_id=other)


def _under_another_id(subject: Subject) -> None:
    """The catalog deletes the departure and sells another one in its place."""
    listed = subject.siblings.get("departures", subject.departure_id)
    subject.siblings.remove("departures", subject.departure_id)
    subject.siblings.add("departures", **(listed | {"id": "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1"}))


def _trip_is_gone(subject: Subject) -> None:
    subject.siblings.remove("trips", subject.departure["trip_id"])


ROWS = (
    Row(
        "TripPayload.id",
        _trip_is_gone,
        draft=frozenset({"GUESTS_WITHOUT_PLACE", "catalog", "status"}),
        published=frozenset({"CATALOG_CANCELLED", "catalog_change"}),
    ),
    Row(
        "TripPayload.name",
        trip(name="Renamed"),
        draft=frozenset({"catalog", "trip_name"}),
        published=frozenset({"catalog", "trip_name"}),
    ),
    Row(
        "TripPayload.activity_type",
        trip(activity_type="SNOWSHOEING"),
        draft=frozenset({"NO_LEAD", "activity_type", "catalog", "team", "unassigned_reason"}),
        published=frozenset({"NO_LEAD", "activity_type", "catalog", "team", "unassigned_reason"}),
    ),
    Row(
        "TripPayload.difficulty_level",
        trip(difficulty_level="EXPERT"),
        ignored_because="it is asked when a trail is chosen, and one that was chosen stays while it is open",
    ),
    Row(
        "TripPayload.region_id",
        _to_the_other_region,
        draft=frozenset({"catalog", "ends_at", "location_id", "region_id", "starts_at", "team", "trail_id"}),
        published=frozenset({"CATALOG_MOVED", "catalog_change"}),
    ),
    Row(
        "TripPayload.duration_hours",
        trip(duration_hours=8.0),
        draft=frozenset({"catalog", "ends_at"}),
        published=frozenset({"CATALOG_MOVED", "catalog_change"}),
    ),
    Row(
        "TripPayload.min_participants",
        trip(min_participants=6),
        ignored_because="requests are held to it; a departure runs with the guests it has",
    ),
    Row(
        "TripPayload.max_participants",
        trip(max_participants=1),
        ignored_because="a departure has its places from its own listing",
    ),
    Row(
        "TripPayload.status",
        trip(status="SUSPENDED"),
        draft=frozenset({"GUESTS_WITHOUT_PLACE", "catalog", "status"}),
        published=frozenset({"CATALOG_CANCELLED", "catalog_change"}),
    ),
    Row(
        "TripPayload.required_certifications",
        trip(required_certifications=["DRAGON_RIDING"]),
        draft=frozenset({"NO_LEAD", "team", "unassigned_reason"}),
        published=frozenset({"NO_LEAD", "team", "unassigned_reason"}),
    ),
    Row("TripPayload.age_minimum", trip(age_minimum=21), ignored_because="requests for families are held to it"),
    Row(
        "TripSummaryPayload.id",
        _trip_is_gone,
        draft=frozenset({"GUESTS_WITHOUT_PLACE", "catalog", "status"}),
        published=frozenset({"CATALOG_CANCELLED", "catalog_change"}),
    ),
    Row(
        "TripSummaryPayload.region_id",
        _to_the_other_region,
        draft=frozenset({"catalog", "ends_at", "location_id", "region_id", "starts_at", "team", "trail_id"}),
        published=frozenset({"CATALOG_MOVED", "catalog_change"}),
    ),
    Row(
        "DeparturePayload.id",
        _under_another_id,
        ignored_because="a departure of the trip at the same time is the same under another id",
    ),
    Row(
        "DeparturePayload.trip_id",
        _to_the_other_trip,
        draft=frozenset({"catalog", "ends_at", "team", "trip_id", "trip_name"}),
        published=frozenset({"CATALOG_MOVED", "catalog", "catalog_change", "trip_name"}),
    ),
    Row(
        "DeparturePayload.departure_date",
        _to_the_next_day,
        draft=frozenset({"catalog", "ends_at", "starts_at", "team"}),
        published=frozenset({"CATALOG_MOVED", "catalog_change"}),
    ),
    Row(
        "DeparturePayload.departure_time",
        departure(departure_time="12:00"),
        draft=frozenset({"catalog", "ends_at", "starts_at"}),
        published=frozenset({"CATALOG_MOVED", "catalog_change"}),
    ),
    Row(
        "DeparturePayload.available_spots",
        departure(available_spots=1),
        draft=frozenset({"catalog_participants", "participants"}),
        published=frozenset({"catalog_participants", "participants"}),
    ),
    Row(
        "DeparturePayload.total_spots",
        departure(total_spots=9, available_spots=7),
        draft=frozenset({"capacity", "catalog"}),
        published=frozenset({"capacity", "catalog"}),
    ),
    Row(
        "DeparturePayload.status",
        departure(status="CANCELLED"),
        draft=frozenset({"GUESTS_WITHOUT_PLACE", "catalog", "status"}),
        published=frozenset({"CATALOG_CANCELLED", "catalog_change"}),
    ),
    Row(
        "RegionPayload.id",
        lambda subject: subject.siblings.remove("regions", subject.departure["region_id"]),
        draft=frozenset({"no answer"}),
        published=frozenset({"no answer"}),
    ),
    Row("RegionPayload.name", region(name="Renamed"), ignored_because="it is shown, and read whenever it is"),
    Row(
        "RegionPayload.timezone",
        region(timezone="America/Denver"),
        draft=frozenset({"catalog", "ends_at", "starts_at"}),
        published=frozenset({"CATALOG_MOVED", "catalog_change"}),
    ),
    Row("RegionPayload.weather_station_id", region(weather_station_id="WX-NOWHERE"), draft=frozenset({"team"})),
    Row(
        "RegionPayload.coordinates",
        region(coordinates={"latitude": 80.0, "longitude": 10.0}),
        ignored_because="it is asked for daylight when a departure is moved, and one that stays is where it was",
    ),
)

"""The names used in explanations."""

from uuid import UUID

from optimization.days.planned_day import PlannedDay


def names_in(planned: PlannedDay) -> dict[UUID, str]:
    """Return names by id: guides by name, departures by trip and local time."""
    departures = {**planned.planned, **planned.held}
    named = {key: f"{departure.trip_name} at {departure.starts_at:%H:%M}" for key, departure in departures.items()}
    return named | {guide.id: guide.name for guide in planned.facts.snapshot.guides.values()}

"""The guests whom steps move, for the table of reservations."""

from collections.abc import Collection

from conflicts.steps import LeaveOut, MoveGuests, SeatWaiting, Step
from scheduling.daily_schedules.seats import GuestMove, Reseating


def reseating_of(steps: Collection[Step]) -> Reseating | None:
    """Return what the steps do to reservations, None where they move no guest."""
    moves = [
        GuestMove(step.departure_id, step.to, None if step.reservations is None else frozenset(step.reservations))
        for step in steps
        if isinstance(step, MoveGuests)
    ]
    seated = {key: step.departure_id for step in steps if isinstance(step, SeatWaiting) for key in step.reservations}
    left_out = {key: step.departure_id for step in steps if isinstance(step, LeaveOut) for key in step.reservations}
    return Reseating.of_moves(moves, seated, left_out) if moves or seated or left_out else None

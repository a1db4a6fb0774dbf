"""What a loss would do and what would help, in sentences."""

from collections.abc import Iterable
from uuid import UUID

from optimization.fragility.analysis import Loss
from optimization.fragility.hedges import Hedge, HedgeKind
from optimization.fragility.names import Names
from scheduling.domain.text import counted


def loss_text(loss: Loss, names: Names) -> str:
    """Return the sentence of a loss: "Without Ana Ruiz, 8 guests lose their departure: River Run at 09:00 (8)."."""
    without = f"Without {names.of(loss.resource)}"
    if loss.lost:
        how_sure = "" if loss.is_proven else "at most "
        return f"{without}, {how_sure}{_lost_text(loss)}: {_departures_text(loss.lost, names)}."
    called_in = _departures_text(loss.lost_on_duty, names)
    return f"{without}, somebody who is on no team that date has to be called in: {called_in}."


def hedge_text(hedge: Hedge, names: Names) -> str:
    """Return the sentence of a hedge: "Ana Ruiz as standby from 07:00: no cost, removes 3 (Ben Ito, …)."."""
    removed = sorted(names.of(resource) for resource in hedge.removes)
    removes = f"removes {len(removed)} ({', '.join(removed)})"
    if hedge.id and hedge.kind is HedgeKind.STANDBY:
        return f"{names.guide(hedge.id)} as standby from {names.first_start(hedge):%H:%M}: no cost, {removes}."
    if hedge.id:
        takes = counted(len(hedge.departure_ids), "departure")
        return f"{names.trail(hedge.id)} is there anyway and takes {takes}: no cost, {removes}."
    newcomer = names.newcomer(hedge.pool, hedge.capacity) if hedge.pool else "one more guide"
    return f"{newcomer[0].upper()}{newcomer[1:]}, from {names.first_start(hedge):%H:%M}: {removes}."


def _lost_text(loss: Loss) -> str:
    if not loss.guests:
        return (
            f"{counted(len(loss.lost), 'departure')} without guests {'has' if len(loss.lost) == 1 else 'have'} no team"
        )
    return f"{counted(loss.guests, 'guest')} {'loses' if loss.guests == 1 else 'lose'} their departure"


def _departures_text(departure_ids: Iterable[UUID], names: Names) -> str:
    return ", ".join(
        f"{departure.trip_name} at {departure.starts_at:%H:%M} ({departure.participants})"
        for _, departure in names.ordered(departure_ids)
    )

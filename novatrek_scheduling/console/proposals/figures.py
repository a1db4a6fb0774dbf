"""What a proposal would change in figures: of the whole date, and for each limit of changes."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from novatrek_scheduling.console.proposals.texts import (
    hours_text,
)
from optimization.models import Proposal
from optimization.proposals.difference import (
    Difference,
    Totals,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the whole date before and after. `is_better` None: it is the same, or neither better nor worse."""

    name: str
    before: str
    after: str
    is_better: bool | None
    help: str = ""


@dataclass(frozen=True, slots=True)
class CurveRow:
    """The best plan that moves at most so many guides; `same_as` is the smaller limit with the same figures, if any."""

    max_changes: int
    guests: int
    departures: int
    moved: str
    gain: str
    is_present: bool
    same_as: int | None


def figures_of(difference: Difference) -> Iterator[Figure]:
    """Yield the figures of the date, what matters most first."""
    before, after = difference.before, difference.after
    yield _figure(_("Guests served"), before, after, "served", _("of %(all)s booked") % {"all": after.guests})
    yield _figure(_("Departures with guides"), before, after, "staffed", _("of %(all)s") % {"all": after.departures})
    yield Figure(_("Guides who move"), "", str(len(difference.people)), None)
    yield Figure(
        _("Score"),
        f"{before.score:.1f}",
        f"{after.score:.1f}",
        _is_better(round(after.score, 1), round(before.score, 1)),
        _("of 100: guests, kept teams, fit"),
    )
    yield Figure(
        _("Fairness"),
        hours_text(before.hours_apart),
        hours_text(after.hours_apart),
        _is_better(round(before.hours_apart, 1), round(after.hours_apart, 1)),
        _("how far guides' hours of 15 days are from their mean"),
    )


def curve_of(proposal: Proposal) -> Iterator[CurveRow]:
    """Yield what each limit of changes would buy."""
    same_as: int | None = None
    before: int | None = None
    for point in proposal.curve:
        gains = point.get("buys", {})
        same_as = None if before is None or any(gains.values()) else before if same_as is None else same_as
        before, gained = point["max_changes"], gains.get("guests_served", 0)
        yield CurveRow(
            max_changes=point["max_changes"],
            guests=point["guests_served"],
            departures=point["departures_staffed"],
            moved=", ".join(point["moved"]) or _("nobody"),
            gain=f"+{gained}" if gained > 0 else "",
            is_present=point["max_changes"] == proposal.max_changes,
            same_as=same_as,
        )


def _figure(name: str, before: Totals, after: Totals, what: str, help_text: str) -> Figure:
    old, new = getattr(before, what), getattr(after, what)
    return Figure(name, str(old), str(new), _is_better(new, old), help_text)


def _is_better(left: float, right: float) -> bool | None:
    return None if left == right else left > right

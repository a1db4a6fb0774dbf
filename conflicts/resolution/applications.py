"""Options to be applied: one, or several together, and which of them answers for a departure that several change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.detection import Cause, DetectedConflict
from conflicts.models import ScheduleConflict
from conflicts.options import Option


@dataclass(frozen=True, slots=True)
class Application:
    """An option to be applied to its conflict by a person, with their notes and the warnings they override."""

    conflict: ScheduleConflict
    option: Option
    by: str
    notes: str
    is_override: bool = False
    accept_until: datetime | None = None

    @property
    def is_of_the_catalog(self) -> bool:
        return Cause(self.conflict.details["cause"]).is_of_the_catalog

    @property
    def keeps_ours(self) -> bool:
        """Whether it keeps a departure as people were told, whatever the catalog lists."""
        return self.option.strategy is Strategy.ACCEPT_RISK and self.is_of_the_catalog

    @property
    def days(self) -> frozenset[date]:
        """The dates whose documents it reads or changes, and that of its conflict, on which guests may wait."""
        return frozenset({*self.option.days, self.conflict.day})


@dataclass(frozen=True, slots=True)
class Share:
    """What one of several applications answers for: the departures whose guests and listings it has told of.

    `departure_ids` None: all that the write changed. `closes_trails`: its trails are not closed by one before it.
    """

    application: Application
    departure_ids: frozenset[UUID] | None
    closes_trails: bool

    def concerns(self, departure_id: UUID) -> bool:
        return self.departure_ids is None or departure_id in self.departure_ids

    def includes(self, conflict: DetectedConflict) -> bool:
        """Return whether a conflict that the write caused is this application's."""
        return not conflict.departure_ids or any(map(self.concerns, conflict.departure_ids))


def shares_of(applications: Sequence[Application]) -> list[Share]:
    """Divide the departures among applications, so that each guest is told once.

    Departures among which guests go are one change: the first application that touches any of them answers for all.
    """
    if len(applications) == 1:
        return [Share(applications[0], None, _closes_trails(applications[0]))]
    shares: list[Share] = []
    claimed: set[UUID] = set()
    closed: set[tuple[date, str]] = set()
    for position, application in enumerate(applications):
        own = _linked(application.option.departure_ids - claimed, applications[position:])
        trails = {(application.conflict.day, key) for key in application.conflict.details.get("affected_trail_ids", [])}
        closes = _closes_trails(application) and not trails <= closed
        shares.append(Share(application, frozenset(own - claimed), closes))
        claimed |= own
        closed |= trails if closes else set()
    return shares


def _closes_trails(application: Application) -> bool:
    return application.option.strategy is Strategy.CLOSE_TRAIL


def _linked(departure_ids: frozenset[UUID], applications: Sequence[Application]) -> set[UUID]:
    """Return these departures, and those that are changed together with any of them."""
    linked, is_new = set(departure_ids), True
    while is_new:
        touching = [own for application in applications if (own := application.option.departure_ids) & linked]
        reached = linked.union(*touching)
        is_new, linked = reached != linked, reached
    return linked

"""Resolution options: ways out of a conflict as intent, with their texts and figures, ready to be applied."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conflicts.choices import Strategy
from conflicts.detection.causes import Cause
from conflicts.steps import Add, Step, Steps, days_of_steps, departures_of
from scheduling.domain.text import counted
from scheduling.domain.words import in_words

FORM = 2
"""The form in which options are stored. Those of another form are left out where they are read, and computed anew."""

_OPTIONS = uuid5(NAMESPACE_URL, "https://novatrek.example.com/resolution-options")


class CausedConflict(BaseModel):
    """A conflict that an option would cause."""

    model_config = ConfigDict(frozen=True)

    type: str
    severity: str
    description: str


class Figures(BaseModel):
    """What an option costs, computed from the documents before and after it.

    `guests_touched` are those of the departures that it changes; of them `guests_moved` go on another date, at another
    time, on another trail or departure, by `guest_hours_moved` in all, and `guests_without_place` on none. `score` is
    that of the plan, 0 to 100; `fairness` is that of the guides' hours, 0 to 1.
    """

    model_config = ConfigDict(frozen=True)

    guests_touched: int = 0
    guests_moved: int = 0
    guest_hours_moved: float = 0.0
    guests_without_place: int = 0
    departures_changed: int = 0
    guides_changed: int = 0
    score_before: float | None = None
    score_after: float | None = None
    fairness_before: float | None = None
    fairness_after: float | None = None
    causes: tuple[CausedConflict, ...] = ()


class Option(BaseModel):
    """A resolution option: what it does as `steps`, none where the plan is kept.

    Texts and figures are those of the documents at the `revisions` at which it was computed, the `_rev` of their dates.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    strategy: Strategy
    description: str
    impact_assessment: str
    estimated_affected_guests: int
    requires_guest_notification: bool
    steps: Steps = ()
    figures: Figures = Field(default_factory=Figures)
    revisions: dict[date, int] = Field(default_factory=dict)

    @property
    def departure_ids(self) -> frozenset[UUID]:
        """The departures that it changes."""
        return departures_of(self.steps)

    @property
    def days(self) -> list[date]:
        return days_of_steps(self.steps)

    @property
    def added(self) -> list[Add]:
        """The steps that add a departure."""
        return [step for step in self.steps if isinstance(step, Add)]

    def stored(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True) | {"edits": self._refused_edits()}

    def _refused_edits(self) -> list[dict[str, Any]]:
        """What processes of the release before read as the change: edits without a premise, which they refuse.

        Without any, such a process would close the conflict and change nothing. It searches the options anew instead.
        """
        return [
            {"day": step.day.isoformat(), "departure_id": str(step.departure_id), "fields": {}}
            for step in self.steps
            if not isinstance(step, Add)
        ]


def option_id(conflict_id: UUID, strategy: Strategy, steps: Iterable[Step]) -> UUID:
    """The id of an option: equal for an equal conflict, strategy and intent, however often it is computed."""
    intent = json.dumps([step.model_dump(mode="json") for step in steps], sort_keys=True)
    return uuid5(_OPTIONS, f"{conflict_id} {strategy} {intent}")


def accept_risk(conflict_id: UUID, details: Mapping[str, Any]) -> Option:
    """The option to keep the plan and accept the risk."""
    guests = int(details.get("guests", 0))
    cause = Cause(details["cause"])
    description = "Keep the plan as it is and take responsibility for the risk."
    impact = f"Nothing changes; {_go(guests)} with a {in_words(details['severity'])} risk."
    if cause.is_of_the_catalog:
        description = "Keep the departure as people were told, whatever the catalog lists."
        impact = f"Nothing changes; {_go(guests)} as they were told, until the catalog changes again."
    elif cause is Cause.GUESTS_WITHOUT_PLACE:
        description = "The guests are told that they have no place."
        verb = "does" if guests == 1 else "do"
        impact = f"Nothing changes; {counted(guests, 'guest')} {verb} not go."
    are_without_place = cause is Cause.GUESTS_WITHOUT_PLACE
    return Option(
        id=option_id(conflict_id, Strategy.ACCEPT_RISK, ()),
        strategy=Strategy.ACCEPT_RISK,
        description=description,
        impact_assessment=impact,
        estimated_affected_guests=guests,
        requires_guest_notification=are_without_place,
        figures=Figures(guests_touched=guests, guests_without_place=guests if are_without_place else 0),
    )


def options_in(details: Mapping[str, Any]) -> list[Option]:
    """The options in a conflict's details as last computed, best first; those of an earlier form are left out."""
    stored = [_read(option) for option in details.get("resolution_options", [])]
    return [option for option in stored if option is not None]


def stored_options(options: Sequence[Option], rev: int) -> dict[str, Any]:
    """What a conflict's details say of its options, searched on the revision `rev` of its daily schedule."""
    stored = [option.stored() for option in options]
    return {"resolution_options": stored, "options_rev": rev, "options_form": FORM}


def _go(guests: int) -> str:
    return f"{counted(guests, 'guest')} {'goes' if guests == 1 else 'go'}"


def _read(stored: Mapping[str, Any]) -> Option | None:
    try:
        option = Option.model_validate(stored)
    except ValidationError:
        return None
    # A change from before steps were stored says nothing of what it does.
    return option if option.steps or option.strategy is Strategy.ACCEPT_RISK else None

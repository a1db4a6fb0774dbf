"""Where operations happen, and what an operation is once it knows that."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.rules import Facts
from tests.scheduling.interleavings.documents import Json, Refused, copied, empty
from tests.scheduling.interleavings.plans import Plan, plan_on
from tests.scheduling.interleavings.world import departure_id


@dataclass(slots=True)
class Scene:
    """One example: its date, what has happened there so far, and what operations refer to."""

    day: date
    facts: Facts
    states: list[Json] = field(default_factory=lambda: [empty()])
    plans: list[Plan] = field(default_factory=list)
    entered: Json = field(default_factory=dict)
    bookings: int = 0
    called_off: set[UUID] = field(default_factory=set)
    attempts: int = 0

    @property
    def rev(self) -> int:
        """The revision that the model is at; 0 before the row is born."""
        return len(self.states) - 1

    @property
    def document(self) -> Json:
        return self.states[-1]

    def departure(self, number: int) -> str:
        return departure_id(self.day, number)

    def plan(self, changes: Mapping[int, Mapping[str, Any]]) -> Plan:
        """A plan for some departures by number, made on the document of now."""
        return plan_on(self.document, {self.departure(number): fields for number, fields in changes.items()})

    def sign(self, kind: AuthorKind, subject: str) -> Author:
        """A name under which the history shows this very attempt."""
        self.attempts += 1
        return Author(kind, subject, cause=f"attempt {self.attempts}")


@dataclass(frozen=True, slots=True)
class Attempt:
    """`run` does it; `meant` is what it makes of a document, by the model, or why it is refused.

    `meant` takes the document that it is put onto and the one that it first looked at, which may be older.
    `signature` is the author and the cause of its revision. `is_overtaken`: something outside the document
    has made it pointless meanwhile, or may have.
    """

    signature: tuple[str, str]
    run: Callable[[], object]
    meant: Callable[[Json, Json], Json]
    since_rev: int | None = None
    owns_adjustments: bool = False
    always_writes: bool = False
    is_overtaken: Callable[[], bool] = lambda: False

    def outcomes(self, document: Json, rev: int, looked_at: Iterable[Json]) -> Iterator[Json | str]:
        """What it may make of the document at a revision, or the code of its refusal."""
        for first in looked_at:
            try:
                yield self._outcome(document, rev, first)
            except Refused as refused:
                yield refused.code

    def _outcome(self, document: Json, rev: int, first: Json) -> Json:
        if self.since_rev not in {None, rev}:
            raise Refused("STALE_REVISION")
        return self.meant(copied(document), first)

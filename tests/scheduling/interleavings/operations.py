"""What writers of a daily schedule do, each beside what the model says of it.

An operation is drawn without a look at the database, so that a run can be repeated. In a scene it becomes
an attempt: it knows then what it was made on.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from scheduling.daily_schedules.authors import AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.history.restore import restore_revision
from scheduling.patches.ownership import Owner
from scheduling.patches.services import patch_daily_schedule
from scheduling.publication.services import publish_departures
from scheduling.reservations.bookings import Booking, StatusChange, change_status, record_booking
from tests.scheduling.interleavings import meanings
from tests.scheduling.interleavings.documents import Json, Refused, set_at
from tests.scheduling.interleavings.plans import Plan
from tests.scheduling.interleavings.scene import Attempt, Scene
from tests.scheduling.interleavings.world import GUIDES, TRIPS, reservation_id

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Operation(ABC):
    @abstractmethod
    def begin(self, scene: Scene) -> Attempt: ...


@dataclass(frozen=True)
class Merge(Operation):
    """An optimizer puts a plan, made on what it read a while ago, onto the document of now."""

    plans_ago: int

    def begin(self, scene: Scene) -> Attempt:
        plan = scene.plans[max(0, len(scene.plans) - 1 - self.plans_ago)]
        return _merging(plan, scene)


@dataclass(frozen=True)
class Optimize(Operation):
    """An optimizer plans and merges at once; whoever writes at the same moment comes in between."""

    changes: Mapping[int, Mapping[str, Any]]

    def begin(self, scene: Scene) -> Attempt:
        return _merging(scene.plan(self.changes), scene)


def _merging(plan: Plan, scene: Scene) -> Attempt:
    author, planned = scene.sign(AuthorKind.OPTIMIZATION, "optimizer"), plan.as_planned(scene.day, scene.facts)

    def edit(drafts: Mapping[date, Draft]) -> None:
        planned.apply(drafts[scene.day].document, LONG_AGO)

    return Attempt(
        (author.subject, author.cause),
        lambda: write_daily_schedules([scene.day], edit, author=author, facts=scene.facts),
        lambda document, _: plan.merged_into(document),
    )


@dataclass(frozen=True)
class Patch(Operation):
    """A dispatcher changes some fields of one departure. `behind` None: without a revision."""

    departure: int
    fields: Mapping[str, Any]
    behind: int | None

    def begin(self, scene: Scene) -> Attempt:
        key, author = scene.departure(self.departure), scene.sign(AuthorKind.DISPATCHER, "ana")
        fields = dict(self.fields)
        if "ends_at" in fields:
            fields["ends_at"] = f"{scene.day}T{fields['ends_at']}"
        since_rev = _since(scene, self.behind)
        return Attempt(
            (author.subject, author.cause),
            lambda: patch_daily_schedule(
                scene.day,
                {"departures": {key: fields}},
                author=author,
                owners=frozenset({Owner.ORCHESTRATOR}),
                since_rev=since_rev,
                may_publish=True,
                facts=scene.facts,
            ),
            lambda document, _: meanings.edited(document, key, fields),
            since_rev,
        )


@dataclass(frozen=True)
class Enter(Operation):
    """A guide enters something; svc-guide-management writes it."""

    guide: int
    entry: Mapping[str, Any]
    behind: int | None

    def begin(self, scene: Scene) -> Attempt:
        author = scene.sign(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")
        patch = {"guide_adjustments": {str(GUIDES[self.guide].id): _on(scene.day, self.entry)}}
        since_rev = _since(scene, self.behind)
        return Attempt(
            (author.subject, author.cause),
            lambda: patch_daily_schedule(
                scene.day,
                patch,
                author=author,
                owners=frozenset({Owner.GUIDE_MANAGEMENT}),
                since_rev=since_rev,
                facts=scene.facts,
            ),
            lambda document, _: meanings.entered(document, patch),
            since_rev,
            owns_adjustments=True,
        )


@dataclass(frozen=True)
class Publish(Operation):
    """Some departures, or all where none is named."""

    departures: frozenset[int]
    by_machine: bool
    behind: int | None

    def begin(self, scene: Scene) -> Attempt:
        author = scene.sign(AuthorKind.DISPATCHER, "ben")
        keys = {scene.departure(number) for number in self.departures} or None
        since_rev = _since(scene, self.behind)
        return Attempt(
            (author.subject, author.cause),
            lambda: publish_departures(
                scene.day,
                author=author,
                by_machine=self.by_machine,
                departure_ids=None if keys is None else set(map(UUID, keys)),
                since_rev=since_rev,
                facts=scene.facts,
            ),
            lambda document, _: meanings.published(document, keys, by_machine=self.by_machine),
            since_rev,
        )


@dataclass(frozen=True)
class Restore(Operation):
    """A person wants the plan of some revisions ago back."""

    revisions_ago: int
    behind: int | None

    def begin(self, scene: Scene) -> Attempt:
        author = scene.sign(AuthorKind.DISPATCHER, "cleo")
        # Its cause is the service's to name: the name alone has to tell this attempt from others.
        author = replace(author, subject=f"cleo, {author.cause}")
        rev, since_rev = max(1, scene.rev - self.revisions_ago), _since(scene, self.behind)
        then = scene.states[rev]
        return Attempt(
            (author.subject, f"revision {rev} restored"),
            lambda: restore_revision(scene.day, rev, author=author, since_rev=since_rev, facts=scene.facts),
            lambda document, first: meanings.restored(document, first, then),
            since_rev,
        )


@dataclass(frozen=True)
class Book(Operation):
    """Guests reserve seats on a trip."""

    trip: int
    guests: int

    def begin(self, scene: Scene) -> Attempt:
        reservation, trip_id = reservation_id(scene.day, scene.bookings), TRIPS[self.trip].id
        scene.bookings += 1
        booking = Booking(reservation, trip_id, scene.day, self.guests, LONG_AGO)
        return Attempt(
            ("reservation.created", f"reservation {reservation}"),
            lambda: record_booking(booking),
            lambda document, _: meanings.seated(document, str(reservation), str(trip_id), self.guests),
            is_overtaken=lambda: reservation in scene.called_off,
        )


@dataclass(frozen=True)
class Cancel(Operation):
    """Guests whose event came before, or comes later, or never, cancel."""

    booking: int

    def begin(self, scene: Scene) -> Attempt:
        reservation = reservation_id(scene.day, self.booking)
        scene.called_off.add(reservation)
        return Attempt(
            ("reservation.status_changed", f"reservation {reservation}"),
            lambda: change_status(StatusChange(reservation, False, True, LONG_AGO)),
            lambda document, _: meanings.unseated(document, str(reservation)),
        )


@dataclass(frozen=True)
class Sql(Operation):
    """Somebody with psql changes a field past all of our code, as PostgreSQL lets them."""

    departure: int
    name: str
    value: Any

    STATEMENT = (
        "UPDATE scheduling.daily_schedules SET _rev = _rev + 1,"
        " assignments = jsonb_set(assignments, %s, to_jsonb(%s::int)) WHERE schedule_date = %s"
    )

    def begin(self, scene: Scene) -> Attempt:
        author, path = scene.sign(AuthorKind.DISPATCHER, "psql"), ["departures", scene.departure(self.departure)]

        def run() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                named = f'{{"subject": "{author.subject}", "cause": "{author.cause}"}}'
                cursor.execute("SELECT set_config('scheduling.author', %s, true)", [named])
                cursor.execute(self.STATEMENT, [[*path, self.name], self.value, scene.day])

        return Attempt(
            (author.subject, author.cause),
            run,
            lambda document, _: set_at(document, [*path, self.name], self.value),
            always_writes=True,
        )


@dataclass(frozen=True)
class Overwrite(Operation):
    """Somebody wipes, skips or deletes with psql what nobody may; PostgreSQL says no."""

    statement: str
    constraint: str

    def begin(self, scene: Scene) -> Attempt:
        def run() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(self.statement, [scene.day])

        def refused(*_: Json) -> Json:
            raise Refused(self.constraint)

        return Attempt(("nobody", ""), run, refused)


FORBIDDEN = [
    Overwrite(f"{statement} WHERE schedule_date = %s", constraint)
    for statement, constraint in (
        ("UPDATE scheduling.daily_schedules SET published_at = now()", "revision_steps_by_one"),
        ("UPDATE scheduling.daily_schedules SET _rev = _rev + 2", "revision_steps_by_one"),
        (
            "UPDATE scheduling.daily_schedules SET _rev = _rev + 1,"
            " assignments = jsonb_set(assignments, '{guide_adjustments,x}', '{}')",
            "adjustments_have_one_owner",
        ),
        ("DELETE FROM scheduling.daily_schedules", "adjustments_have_one_owner"),
    )
]


def _since(scene: Scene, behind: int | None) -> int | None:
    return None if behind is None else max(0, scene.rev - behind)


def _on(day: date, entry: Mapping[str, Any]) -> Json:
    """A drawn entry with its date: away that day."""
    if not entry.get("availability_exceptions"):
        return dict(entry)
    away = [{"from": str(day), "to": str(day), "reason": "training"}]
    return {**entry, "availability_exceptions": away}

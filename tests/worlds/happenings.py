"""What happens in a small world: at the siblings, in Kafka, at our doors. Each goes through the real door."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from conflicts.models import ScheduleConflict
from conflicts.resolution.option_search import compute_options
from events.inbox import Arrival, receive
from events.kafka import RESERVATION_CREATED, RESERVATION_STATUS_CHANGED
from optimization.days.refusal import PlanRefused
from optimization.days.services import optimize_day
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.models import DailySchedule
from scheduling.reservations.placement import place_reservation
from tests.scheduling.patches.calls import enter
from tests.tokens import bearer
from tests.worlds.small_world import SmallWorld

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night")
TYPES = {RESERVATION_CREATED: "reservation.created", RESERVATION_STATUS_CHANGED: "reservation.status_changed"}
BASE = "/scheduling/v1"


@dataclass(slots=True)
class Life:
    """A small world and those who act in it; `done` counts what came of it.

    `moments` orders the events: none is at the time of another.
    """

    world: SmallWorld
    client: Client
    done: Counter[str] = field(default_factory=Counter)
    reservations: list[UUID] = field(default_factory=list)
    moments: int = 0

    def catalog_changes(self, number: int, changes: dict[str, Any]) -> None:
        """The catalog moves, re-sizes, sells or cancels one of the departures."""
        self.world.siblings.alter("departures", self.world.departure_ids[number], **changes)

    def trip_changes(self, number: int, changes: dict[str, Any]) -> None:
        self.world.siblings.alter("trips", self.world.trip_ids[number], **changes)

    def guide_changes(self, number: int, changes: dict[str, Any]) -> None:
        self.world.siblings.alter("guides", self.world.guide_ids[number], **changes)

    def guide_is_sent_away(self, number: int, day: int) -> None:
        day_away = self.world.days[day]
        self.world.siblings.send_guide_away(self.world.guide_ids[number], day_away, day_away)

    def guide_enters(self, number: int, day: int, days: int) -> None:
        """svc-guide-management tells of an absence, over the API."""
        first = self.world.days[day]
        absence = {"from": str(first), "to": str(first + timedelta(days=days)), "reason": "leave"}
        entry = {"availability_exceptions": [absence]}
        answer = enter(self.client, self.world.guide_ids[number], entry, day=first)
        assert answer.status_code == 200, answer.content

    def trail_changes(self, number: int, status: str) -> None:
        self.world.siblings.alter("trails", self.world.trail_ids[number], status=status)

    def guests_book(self, trip: int, day: int, guests: int) -> None:
        reservation = uuid4()
        self.reservations.append(reservation)
        self._arrive(
            RESERVATION_CREATED,
            reservation_id=reservation,
            guest_id=uuid4(),
            trip_id=self.world.trip_ids[trip],
            trip_date=self.world.days[day],
            participant_count=guests,
        )
        place_reservation(reservation)
        self.done["booked"] += 1

    def guests_change(self, number: int, old: str, new: str) -> None:
        """A reservation changes its status; none does where nobody has booked."""
        if self.reservations:
            reservation = self.reservations[number % len(self.reservations)]
            self._arrive(RESERVATION_STATUS_CHANGED, reservation_id=reservation, previous_status=old, new_status=new)
            place_reservation(reservation)

    def the_night_optimizes(self, day: int) -> None:
        """The regions are planned together; a plan that takes too many teams is refused, as it has to be."""
        caches["siblings"].clear()
        try:
            optimize_day(self.world.days[day], self.world.regions, author=NIGHT)
        except PlanRefused as refused:
            if refused.rules != ("PUBLISHED_TEAMS",):
                raise
        else:
            self.done["planned"] += 1

    def a_dispatcher_publishes(self, day: int) -> None:
        answer = self._post(f"/daily-schedules/{self.world.days[day]}/publish", {}, "scheduling:publish")
        assert answer.status_code in {200, 404, 422}, answer.content
        self.done["published"] += answer.status_code == 200

    def a_dispatcher_cancels(self, number: int) -> None:
        key = self.world.departure_ids[number]
        schedule = DailySchedule.objects.filter(assignments__departures__has_key=key).first()
        if schedule is not None:
            body = {"assignments": {"departures": {key: {"status": "CANCELLED"}}}}
            answer = self.client.patch(
                f"{BASE}/daily-schedules/{schedule.schedule_date}",
                body,
                content_type="application/merge-patch+json",
                headers=bearer(("scheduling:write",)),
            )
            assert answer.status_code == 200, answer.content

    def a_dispatcher_resolves(self, number: int, option: int) -> None:
        """An open conflict is resolved with one of its options, if it has any and it is still possible."""
        caches["siblings"].clear()
        open_conflicts = list(ScheduleConflict.objects.filter(resolved=False).order_by("detected_at", "pk"))
        if not open_conflicts:
            return
        conflict = open_conflicts[number % len(open_conflicts)]
        options = compute_options(conflict, deadline_seconds=30.0)
        if options:
            chosen = options[option % len(options)]
            body = {
                "conflict_id": str(conflict.pk),
                "selected_resolution_id": str(chosen.id),
                "operator_notes": "looked at",
            }
            answer = self._post("/schedule-conflicts/resolve", body, "scheduling:resolve")
            assert answer.status_code in {200, 409}, answer.content
            self.done["resolved"] += answer.status_code == 200

    def _post(self, path: str, body: dict[str, Any], scope: str) -> Any:
        return self.client.post(BASE + path, body, content_type="application/json", headers=bearer((scope,)))

    def _arrive(self, topic: str, **fields: Any) -> None:
        self.moments += 1
        moment = timezone.now() - timedelta(hours=1) + timedelta(seconds=self.moments)
        common = {"event_id": uuid4(), "event_type": TYPES[topic], "timestamp": moment.isoformat()}
        receive(Arrival(topic, json.dumps(common | fields, default=str).encode()), pause=lambda seconds: None)

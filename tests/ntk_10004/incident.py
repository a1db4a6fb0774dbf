"""What happened in NTK-10004, to be tried again: guides enter something, and optimizers plan the same date."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Event
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from conflicts.models import ScheduleConflict
from optimization.days import inputs
from optimization.days.clusters import clusters_of
from optimization.days.services import optimize_day, take_planning_snapshot
from optimization.requests.processing import process_request
from optimization.tasks import optimize_cluster_task
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot
from scheduling.models import DailySchedule, ScheduleRequest
from scheduling.publication.services import publish_departures
from scheduling.requests.submission import Submission, submit_schedule_request
from tests.factories import DISPATCHER
from tests.scheduling.patches.calls import enter
from tests.siblings import SimulatedSiblings

DISPATCHERS_OPTIMIZER = Author(AuthorKind.OPTIMIZATION, "ana", "Optimize was pressed")
DAYS_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Incident:
    """A date that two regions plan, one of them whole with its cluster."""

    siblings: SimulatedSiblings
    client: Client
    day: date
    cluster: frozenset[UUID]

    @property
    def schedule(self) -> DailySchedule:
        return DailySchedule.objects.get(schedule_date=self.day)

    @property
    def departures(self) -> dict[UUID, Departure]:
        return self.schedule.document.departures

    @property
    def entered(self) -> dict[str, Any]:
        """The adjustments as they lie in the table."""
        adjustments: dict[str, Any] = self.schedule.assignments["guide_adjustments"]
        return adjustments

    def guides_enter(self, guide_id: UUID, entry: Mapping[str, Any] | None) -> None:
        """svc-guide-management tells what a guide entered, over the API."""
        answer = enter(self.client, guide_id, entry, day=self.day)
        assert answer.status_code == 200, answer.content

    def optimize_at_night(self) -> None:
        optimize_cluster_task([str(self.day)], sorted(map(str, self.cluster)), "nightly optimization", "night")

    def optimize_on_demand(self) -> None:
        optimize_day(self.day, self.cluster, author=DISPATCHERS_OPTIMIZER)

    def request(self, trip_id: UUID) -> ScheduleRequest:
        """A client asks for this trip on this date, and a worker answers."""
        submission = Submission(trip_id=trip_id, preferred_dates=(self.day,), sent_constraints={})
        submitted = submit_schedule_request(submission, subject="kiosk")
        process_request(submitted.pk)
        return ScheduleRequest.objects.select_related("outcome").get(pk=submitted.pk)

    def joined_by_a_request(self) -> tuple[UUID, Departure]:
        """A departure with room that a request has joined, and that the next one of its trip would join."""
        _, least = self.staffed()[-1]
        departure_id = self.request(least.trip_id).outcome.departure_id
        assert departure_id
        return departure_id, self.departures[departure_id]

    def publish(self, departure_id: UUID) -> None:
        publish_departures(self.day, author=DISPATCHER, by_machine=False, departure_ids=[departure_id])

    def staffed(self) -> list[tuple[UUID, Departure]]:
        """The departures of the cluster that one guide leads alone, those with the most guests first."""
        alone = [(key, d) for key, d in self.departures.items() if len(d.team) == 1 and d.region_id in self.cluster]
        return sorted(alone, key=lambda item: (-item[1].participants, item[0]))

    def led_by(self, guide_id: UUID) -> dict[UUID, Departure]:
        return {key: departure for key, departure in self.departures.items() if guide_id in departure.guide_ids}

    def open_conflicts(self, guide_id: UUID) -> list[ScheduleConflict]:
        about = ScheduleConflict.objects.open().filter(details__affected_guide_ids__contains=[str(guide_id)])
        return list(about.order_by("detected_at"))


def incident(siblings: SimulatedSiblings, client: Client) -> Incident:
    """A date some days ahead, staffed by the night in one cluster of regions."""
    day = siblings.today + timedelta(days=DAYS_AHEAD)
    cluster = max(clusters_of(take_planning_snapshot(day, None)), key=len)
    scene = Incident(siblings, client, day, cluster)
    scene.optimize_at_night()
    return scene


def vacation(day: date) -> dict[str, Any]:
    return {"availability_exceptions": [{"from": str(day), "to": str(day + timedelta(days=6)), "reason": "vacation"}]}


def training_day(day: date) -> dict[str, Any]:
    return {"availability_exceptions": [{"from": str(day), "to": str(day), "reason": "swift water training"}]}


def medical_restriction(activity: str) -> dict[str, Any]:
    restriction = {"kind": "NO_ACTIVITY", "value": activity, "reason": "knee surgery"}
    return {"restrictions": [restriction], "guide_notes": "until the doctor says otherwise"}


def group_size_override(size: int) -> dict[str, Any]:
    return {"max_group_size": size}


@dataclass(frozen=True, slots=True)
class Pause:
    """An optimizer that has made its plan and waits before it stores it."""

    reached: Event
    go_on: Event


def pause_before_storing(monkeypatch: pytest.MonkeyPatch, *, module: ModuleType = inputs) -> Pause:
    """Let the next optimization stop once between its plan and its storing: where the chosen's notes are read."""
    pause = Pause(Event(), Event())

    def wait() -> None:
        pause.reached.set()
        assert pause.go_on.wait(timeout=60)

    once_before_storing(monkeypatch, wait, module=module)
    return pause


def once_before_storing(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object], *, times: int = 1, module: ModuleType = inputs
) -> None:
    """Let something happen in the next optimizations, in each one's thread, when its plan is made and not stored."""
    read, left = module.with_availability_notes, [happens] * times

    def read_late(*arguments: Any, **options: Any) -> Snapshot:
        if left:
            left.pop()()
        return read(*arguments, **options)

    monkeypatch.setattr(module, "with_availability_notes", read_late)

"""What guides enter of themselves is read by those alone who may: it is on no other page, in no answer, row or log."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission, User
from django.core import serializers
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from conflicts.choices import Strategy
from conflicts.models import ConflictEvent, ConflictResolution, RiskAcceptance, ScheduleConflict
from conflicts.resolution.option_search import compute_options
from events.models import OutboxMessage
from optimization.models import OptimizationRun, Proposal
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.errors import ContentionNotResolved
from scheduling.models import ScheduleRevision, schedule_id_of
from scheduling.patches.dead_letters import record_failed_patch
from scheduling.patches.ownership import Owner
from tests.browser.addresses import everything
from tests.browser.world import World, build_world
from tests.conflicts.planned import PlannedDay, plan_a_day
from tests.novatrek_scheduling.console.people import signed_in
from tests.security.markers import MARKERS, NOTE, WINDOW, entry_of, markers_in, plant
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

HEALTH = "view_guideentry"
STORED: tuple[type[Model], ...] = (
    ScheduleConflict,
    ConflictEvent,
    ConflictResolution,
    RiskAcceptance,
    OutboxMessage,
    OptimizationRun,
    Proposal,
)
"""The tables that other teams read, or whose rows are sent: what guides entered is in none."""
DOORS = (
    "schedule-conflicts?date={day}",
    "schedule-conflicts?date={day}&resolved=true",
    "schedule-conflicts/{conflict_id}/history",
    "daily-schedules/{day}/departures/{departure_id}/candidates",
    "daily-schedules/{day}/publish",
    "daily-schedules/{day}/accepted-risks",
    "daily-schedules/{day}/fragility",
    "departures/live",
)
"""The operations of the API that say something about guides without saying what they entered."""


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


@pytest.fixture
def leads(planned: PlannedDay) -> list[UUID]:
    return plant(planned)


def conflicts_about(guide_id: UUID) -> list[ScheduleConflict]:
    return list(ScheduleConflict.objects.filter(details__affected_guide_ids__contains=[str(guide_id)]))


def somebody_without_health() -> Client:
    """Somebody who may do everything but read what guides entered."""
    user = User.objects.create_user("everything else", is_staff=True)
    user.user_permissions.set(Permission.objects.exclude(codename=HEALTH))
    client = Client()
    client.force_login(user)
    return client


def refuse_a_patch_of(planned: PlannedDay, guide_id: UUID) -> None:
    patch = {"guide_adjustments": {str(guide_id): entry_of(planned.day).model_dump(mode="json", by_alias=True)}}
    author = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")
    contention = ContentionNotResolved("Every try met another write.", [])
    record_failed_patch(planned.day, patch, author, [Owner.GUIDE_MANAGEMENT], contention, may_publish=False)


def shown_on(client: Client, addresses: list[str]) -> Iterator[str]:
    """Yield the addresses whose pages have a marker, with the markers."""
    for address in addresses:
        answer: Any = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if found := markers_in(content.decode(errors="replace")):
            yield f"{address}: {sorted(found)}"


def test_no_page_shows_it_to_an_auditor_or_to_anybody_else_who_may_not_read_it(siblings: SimulatedSiblings) -> None:
    auditor, somebody = signed_in("Auditor"), somebody_without_health()
    world = build_world(siblings)
    planned = PlannedDay(siblings, world.day, world.region_id)
    [away, _noted] = plant(planned)
    [conflict, *_] = conflicts_about(away)
    refuse_a_patch_of(planned, away)
    world = World(**(vars(world) | {"guide_id": away, "conflict_id": conflict.pk}))
    about = pages_about(planned, away)

    # Who may do everything but this sees each page that an auditor does, and what an auditor may not open.
    assert list(shown_on(somebody, [*everything(world), *about])) == []
    assert list(shown_on(auditor, [reverse("console:guide", args=[away]), *about])) == []


def pages_about(planned: PlannedDay, guide_id: UUID) -> list[str]:
    """The panels of the guide's departures with the ranking, the reviews of the conflicts, the entries' revision."""
    entered = ScheduleRevision.objects.filter(changes__guide_adjustments__has_key=str(guide_id)).latest("rev")
    keys = [key for key, departure in planned.departures.items() if guide_id in departure.guide_ids]
    panels = [f"{reverse('console:departure', args=[planned.day, key])}?rank=1" for key in keys]
    reviews = [reverse("console:review", args=[conflict.pk]) for conflict in conflicts_about(guide_id)]
    return [*panels, *reviews, reverse("admin:scheduling_schedulerevision_change", args=[entered.pk])]


def test_a_search_of_the_plans_does_not_tell_what_guides_entered(planned: PlannedDay, leads: list[UUID]) -> None:
    auditor, searched = signed_in("Auditor"), reverse("admin:scheduling_dailyschedule_changelist")
    address = reverse("admin:scheduling_dailyschedule_change", args=[schedule_id_of(planned.day)])
    [departure, *_] = planned.departures.values()

    assert address in auditor.get(searched, {"q": departure.trip_name}).content.decode()
    assert address not in auditor.get(searched, {"q": NOTE}).content.decode()


def test_who_assigns_guides_reads_it_beside_the_conflict_the_candidates_and_what_is_published(
    planned: PlannedDay, leads: list[UUID]
) -> None:
    dispatcher, manager = signed_in("Dispatcher"), signed_in("Operations manager")
    away, noted = leads
    absent, restricted = (
        next(row for row in conflicts_about(away) if row.details["cause"] == cause)
        for cause in ("AVAILABILITY_EXCEPTION", "RESTRICTION")
    )
    key = next(key for key, departure in planned.departures.items() if noted in departure.guide_ids)

    for conflict in (absent, restricted):
        page = dispatcher.get(reverse("console:review", args=[conflict.pk])).content.decode()
        assert {MARKERS[0], MARKERS[1], MARKERS[2], NOTE} <= markers_in(page)
    [history] = [address for address in pages_about(planned, away) if "schedulerevision" in address]
    assert markers_in(dispatcher.get(history).content.decode()) == {*MARKERS} - {WINDOW}
    panel = reverse("console:departure", args=[planned.day, key])
    assert markers_in(dispatcher.get(f"{panel}?rank=1").content.decode()) >= {NOTE, WINDOW}
    assert markers_in(manager.get(reverse("console:publish", args=[planned.day])).content.decode()) >= {NOTE, WINDOW}


def test_no_answer_of_the_api_about_conflicts_and_candidates_has_it(
    planned: PlannedDay, leads: list[UUID], client: Client
) -> None:
    [conflict, *_] = conflicts_about(leads[0])
    compute_options(conflict, deadline_seconds=5)
    [departure_id, *_] = conflict.departure_ids
    names = {"day": planned.day, "conflict_id": conflict.pk, "departure_id": departure_id}

    for door in DOORS:
        answer = client.get(f"/scheduling/v1/{door.format(**names)}", headers=bearer(["scheduling:read"]))

        assert answer.status_code == 200, (door, answer.content)
        assert markers_in(answer.content.decode()) == set(), door


def test_it_is_in_no_stored_conflict_no_message_and_no_log(
    planned: PlannedDay, leads: list[UUID], capfd: pytest.CaptureFixture[str]
) -> None:
    for conflict in conflicts_about(leads[0]):
        compute_options(conflict, deadline_seconds=5)
    planned.look_again()

    assert conflicts_about(leads[0])
    assert Strategy.REASSIGN_GUIDE in json.dumps([row.details for row in conflicts_about(leads[0])])
    for model in STORED:
        assert markers_in(serializers.serialize("json", model._default_manager.all())) == set(), model
    assert markers_in("".join(capfd.readouterr())) == set()

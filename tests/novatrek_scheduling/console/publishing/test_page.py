"""The publish page: what it shows, and what it takes to publish what has conflicts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from conflicts.detection import Cause
from conflicts.models import ScheduleConflict
from conflicts.options import accept_risk
from conflicts.resolution.services import resolve_conflict
from events.models import OutboxMessage
from scheduling.domain.document import Announcement, AssignmentStatus, DepartureStatus
from scheduling.models import ScheduleRevision
from tests.conflicts.factories import conflict_of, overfull
from tests.conflicts.planned import PlannedDay, plan_a_day
from tests.factories import DepartureFactory, TeamMemberFactory, at
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.publishing.forms import address, look, send
from tests.scheduling.writes import put, stored
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

AtMost = Callable[[int], AbstractContextManager[Any]]
KNOWING_NOTHING = {"override_silence": "on"}
"""Publishes what no sibling knows."""


@pytest.fixture
def manager() -> Client:
    return signed_in("Operations manager")


def staffed(name: str = "Ana Ruiz", **fields: object) -> UUID:
    key = uuid4()
    put({key: DepartureFactory(**{"team": [TeamMemberFactory(guide_name=name)]} | fields)})
    return key


def in_conflict() -> tuple[UUID, ScheduleConflict]:
    """A staffed departure with more guests than places."""
    conflict = overfull(team=[TeamMemberFactory(guide_name="Ben Ito")])
    [key] = map(UUID, conflict.details["departure_ids"])
    return key, conflict


def test_it_shows_what_changes_and_who_is_told_what(manager: Client) -> None:
    gone, ana = uuid4(), TeamMemberFactory(guide_name="Ana Ruiz")
    staffed(team=[ana], published=Announcement(guide_ids=[gone], starts_at=at(8), ends_at=at(11)))
    put({uuid4(): DepartureFactory(trip_name="Nobody's walk")})

    shown = look(manager)

    for text in (
        f"<strong>Start</strong> {at(8):%d %b %H:%M}",
        "Ana Ruiz: that they go",
        "a guide whose name cannot be read now: that they do not go",
        "Stay drafts",
        "Nobody&#x27;s walk",
        "<strong data-count>1</strong> of 1 departure ticked",
    ):
        assert text in shown.text


def test_what_has_an_open_conflict_comes_first_and_is_not_ticked(manager: Client) -> None:
    clear, (in_question, conflict) = staffed(), in_conflict()

    shown = look(manager)

    assert shown.ticked == {clear}
    assert [row.id for region in shown.page.first for row in region.rows] == [in_question]
    assert shown.text.index(str(in_question)) < shown.text.index(str(clear))
    assert conflict.details["description"] in shown.text


def test_what_has_an_open_conflict_is_published_upon_its_confirmation_alone(manager: Client) -> None:
    (key, _conflict), other = in_conflict(), staffed()
    shown = look(manager)

    refused = send(manager, shown.form(key, other, note="they know", **KNOWING_NOTHING))

    assert refused.status == 422
    assert "Confirm what stands against it" in refused.text
    assert refused.ticked == {key, other}
    assert 'value="they know"' in refused.text
    assert {departure.status for departure in stored().values()} == {DepartureStatus.DRAFT}

    send(manager, refused.form(key, other, confirmed=refused.confirmations, note="they know", **KNOWING_NOTHING))

    assert {departure.status for departure in stored().values()} == {DepartureStatus.PUBLISHED}
    assert "they know" in ScheduleRevision.objects.latest("rev").cause


def test_over_a_conflict_that_nobody_may_accept_nobody_publishes_whatever_siblings_say(manager: Client) -> None:
    ana = TeamMemberFactory(guide_name="Ana Ruiz")
    key = staffed(team=[ana])
    about = {"departure_ids": [str(key)], "affected_guide_ids": [str(ana.guide_id)]}
    conflict_of(cause=Cause.CERTIFICATION, description="Ana Ruiz has no valid certificate.", **about)

    refused = send(manager, look(manager).form(key, **KNOWING_NOTHING))

    assert "Resolve the conflict first." in refused.text
    assert stored()[key].status is DepartureStatus.DRAFT


def test_a_confirmation_is_of_what_was_seen_and_of_nothing_that_came_since(manager: Client) -> None:
    key, conflict = in_conflict()
    shown = look(manager)
    details = conflict.details | {"fingerprint": "another", "description": "The bridge is out."}
    ScheduleConflict.objects.create(schedule=conflict.schedule, conflict_type=conflict.conflict_type, details=details)

    refused = send(manager, shown.form(key, confirmed=shown.confirmations, **KNOWING_NOTHING))

    assert "The bridge is out." in refused.text
    assert (refused.ticked, refused.confirmed) == ({key}, [])
    assert stored()[key].status is DepartureStatus.DRAFT


def test_an_accepted_risk_that_breaks_no_rule_asks_for_nothing_again(manager: Client) -> None:
    key, conflict = in_conflict()
    option = accept_risk(conflict.pk, conflict.details)
    resolve_conflict(conflict.pk, option.id, by="ana", notes="Two bring a car.", override_warnings=True)

    shown = look(manager)

    assert shown.ticked == {key}
    assert "Two bring a car." in shown.text


def test_a_person_approves_by_ticking_what_awaits_approval(manager: Client) -> None:
    waiting = TeamMemberFactory(assignment_status=AssignmentStatus.PENDING_APPROVAL)
    key = staffed(team=[waiting])
    shown = look(manager)
    assert (shown.ticked, shown.confirmations) == (set(), [])

    send(manager, shown.form(key, **KNOWING_NOTHING))

    assert not stored()[key].needs_approval


def test_only_what_was_ticked_is_published_and_the_person_is_in_the_history(manager: Client) -> None:
    chosen, left = staffed(), staffed("Ben Ito")

    done = send(manager, look(manager).form(chosen, **KNOWING_NOTHING))

    assert "1 departure is published." in done.text
    assert [stored()[key].status.value for key in (chosen, left)] == ["PUBLISHED", "DRAFT"]
    assert ScheduleRevision.objects.latest("rev").author == "a operations manager"
    assert OutboxMessage.objects.filter(destination="svc-notifications").count() == 1


def test_the_history_is_in_english_whatever_language_the_person_reads(manager: Client) -> None:
    manager.cookies["django_language"] = "es"
    chosen = staffed()

    done = send(manager, look(manager).form(chosen, **KNOWING_NOTHING))

    assert '<html lang="es"' in done.text
    assert ScheduleRevision.objects.latest("rev").cause == "published in the console, overriding warnings"


def test_without_knowing_it_takes_the_word_of_the_person(manager: Client) -> None:
    key = staffed()

    refused = send(manager, look(manager).form(key))

    assert refused.ticked == {key}
    assert "did not answer" in refused.text
    assert stored()[key].status is DepartureStatus.DRAFT


def test_whoever_ticks_nothing_is_told_so(manager: Client) -> None:
    staffed()

    shown = send(manager, look(manager).form())

    assert "Tick at least one departure" in shown.text
    assert shown.ticked == set()


def test_a_date_without_anything_to_publish_says_so(manager: Client) -> None:
    assert "Nothing is planned on this date" in look(manager).text


@pytest.mark.parametrize("group", ["Auditor", "Dispatcher"])
def test_only_operations_managers_publish(group: str) -> None:
    key, person = staffed(), signed_in(group)

    page = person.get(address()).content.decode()

    assert "You may look. Operations managers publish." in page
    assert 'name="departure_ids"' not in page
    assert person.post(address(), {"since_rev": 2, "departure_ids": [str(key)]}).status_code == 403
    assert stored()[key].status is DepartureStatus.DRAFT


def test_it_takes_few_queries(manager: Client, django_assert_max_num_queries: AtMost) -> None:
    for _ in range(5):
        staffed()

    with django_assert_max_num_queries(18):
        look(manager)


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def test_over_a_closed_trail_a_manager_publishes_when_they_confirm_it(
    manager: Client, siblings: SimulatedSiblings, planned: PlannedDay
) -> None:
    key, departure = next((k, d) for k, d in sorted(stored(planned.day).items()) if d.trail_id and d.team)
    siblings.close_trail(str(departure.trail_id), planned.day, planned.day)

    shown = look(manager, planned.day)
    row = shown.page.rows[key]
    refused = send(manager, shown.form(key), planned.day)
    token = row.obstacles.token
    send(manager, refused.form(key, confirmed=[token]), planned.day)

    assert "Breaks a rule" in shown.text
    assert key not in shown.ticked
    assert refused.status == 422
    assert stored(planned.day)[key].status is DepartureStatus.PUBLISHED
    assert ScheduleRevision.objects.latest("id").cause == "published in the console, overriding warnings"


def test_over_an_expired_certificate_nobody_publishes(
    manager: Client, siblings: SimulatedSiblings, planned: PlannedDay
) -> None:
    key, departure = next((k, d) for k, d in sorted(stored(planned.day).items()) if d.team)
    siblings.expire_certificates(str(departure.team[0].guide_id))

    shown = look(manager, planned.day)
    row = shown.page.rows[key]
    refused = send(manager, shown.form(key, confirmed=[row.obstacles.token]), planned.day)

    assert not row.may_be_ticked
    assert refused.status == 422
    assert "Nobody may publish this" in refused.text
    assert stored(planned.day)[key].status is DepartureStatus.DRAFT


def test_a_confirmation_overrides_for_its_own_departure_alone(
    manager: Client, siblings: SimulatedSiblings, planned: PlannedDay
) -> None:
    trailed = [(k, d) for k, d in sorted(stored(planned.day).items()) if d.trail_id and d.team]
    (first, on_first), (second, on_second) = [
        trailed[0],
        next(item for item in trailed if item[1].trail_id != trailed[0][1].trail_id),
    ]
    siblings.close_trail(str(on_first.trail_id), planned.day, planned.day)
    shown = look(manager, planned.day)
    token = shown.page.rows[first].obstacles.token
    siblings.close_trail(str(on_second.trail_id), planned.day, planned.day)

    refused = send(manager, shown.form(first, second, confirmed=[token]), planned.day)

    assert refused.status == 422
    assert refused.ticked == {first, second}
    assert refused.confirmed == [token]
    assert {stored(planned.day)[key].status for key in (first, second)} == {DepartureStatus.DRAFT}

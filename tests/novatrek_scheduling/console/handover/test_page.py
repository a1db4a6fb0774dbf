"""The handover says what is open, what runs out, who was not told, and what was done by whom."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from conflicts.detection import Severity
from conflicts.models import ConflictEvent, RiskAcceptance
from events.models import OutboxMessage
from novatrek_scheduling.console.handover.brief import read_brief
from scheduling.domain.facts import Sibling
from scheduling.models import LastGoodAnswer
from tests.conflicts.factories import conflict_of
from tests.factories import DepartureFactory
from tests.novatrek_scheduling.console.people import ROLES, signed_in
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

PAGE = "/admin/handover/"


def lines_of(key: str, **ago: float) -> list[str]:
    now = timezone.now()
    brief = read_brief(now, now - timedelta(**ago or {"hours": 12}), lambda _permission: True)
    section = next(section for section in brief.sections if section.key == key)
    return [f"{line.text} | {line.detail}" for line in section.lines]


def test_the_longest_open_conflict_is_first() -> None:
    now = timezone.now()
    late = conflict_of(severity=Severity.CRITICAL, description="Rim Trail is closed.")
    early = conflict_of(description="Too many guests.")
    for conflict, hours in ((late, 1), (early, 5)):
        conflict.detected_at = now - timedelta(hours=hours)
        conflict.save(update_fields=["detected_at"])

    first, second = (line for line in lines_of("conflicts") if "guests" in line or "Rim" in line)

    assert first.startswith("Too many guests.")
    assert first.endswith("open for 5 hours")
    assert second.startswith("Rim Trail is closed.")


def test_a_risk_that_expires_tomorrow_is_named_and_one_of_next_week_is_not() -> None:
    for hours, reason in ((20, "a family"), (200, "later")):
        accepted = conflict_of(description=f"Kept for {reason}.")
        RiskAcceptance.objects.create(
            conflict=accepted,
            fingerprint=str(uuid4()),
            severity=Severity.HIGH,
            evidence_digest="x",
            owner="ana",
            reason=reason,
            expires_at=timezone.now() + timedelta(hours=hours),
        )

    [line] = lines_of("risks")

    assert line.startswith("Kept for a family. | until ")
    assert line.endswith("accepted by ana: a family")


def test_an_answer_that_is_not_believed_is_a_stale_feed() -> None:
    now = timezone.now()
    LastGoodAnswer.objects.create(
        sibling="svc-weather", resource="FORECASTS", read_at=now, suspicion="nothing is left of 6", suspected_at=now
    )

    assert any(line.startswith("svc-weather, forecasts: nothing is left of 6") for line in lines_of("feeds"))
    assert any(line.startswith("The monitors have not read everything, not once yet.") for line in lines_of("feeds"))


def test_who_was_not_told_is_named_until_the_notice_is_sent() -> None:
    def notice(departures: str, **fields: object) -> None:
        body = {"variables": {"departures": departures}}
        OutboxMessage.objects.create(
            destination=Sibling.NOTIFICATIONS.value, key="g", kind="guide.released", payload={"body": body}, **fields
        )

    notice("Rim walk, 28 Nov 09:00", attempts=2, last_error="503")
    notice("Told walk", sent_at=timezone.now())

    [line] = lines_of("untold")

    assert line == "Released: Rim walk, 28 Nov 09:00 | waits for 0 minutes; 2 attempts failed; 503"


def test_what_was_done_is_told_by_author_with_its_causes_and_nothing_from_before() -> None:
    put({uuid4(): DepartureFactory()})
    put({uuid4(): DepartureFactory()})
    ConflictEvent.objects.create(conflict=conflict_of(), fingerprint="f", kind="RESOLVED", by="dana")

    done = lines_of("done", minutes=1)

    assert any(line.startswith("ana: 3 changes of ") and "dispatcher" in line for line in done), done
    assert "dana: 1 conflict resolved | " in done
    assert not lines_of("done", minutes=-1)


def test_the_page_and_the_command_say_the_same() -> None:
    conflict = conflict_of(description="Rim Trail is closed.")

    page = signed_in("Auditor").get(PAGE).content.decode()
    printed = StringIO()
    call_command("handover_brief", stdout=printed)

    assert reverse("console:review", args=[conflict.pk]) in page
    for text in ("Rim Trail is closed.", "No proposal waits.", "Every guide has been told what was published."):
        assert text in page
        assert text in printed.getvalue()


def test_a_time_that_is_none_keeps_what_was_typed_and_says_what_one_is() -> None:
    answer = signed_in("Dispatcher").get(PAGE, {"since": "noonish"})

    assert answer.status_code == 400
    assert 'value="noonish"' in answer.content.decode()
    assert "is no time such as 06:00" in answer.content.decode()
    with pytest.raises(CommandError, match="noonish"):
        call_command("handover_brief", "--since", "noonish")


def test_every_role_reads_it_and_who_has_none_does_not() -> None:
    assert {role: signed_in(role).get(PAGE).status_code for role in ROLES} == dict.fromkeys(ROLES, 200)
    assert signed_in().get(PAGE).status_code == 403


def test_its_queries_do_not_grow(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(6):
        conflict_of()
    now = timezone.now()

    with django_assert_max_num_queries(14):
        read_brief(now, now - timedelta(hours=1), lambda _permission: True)

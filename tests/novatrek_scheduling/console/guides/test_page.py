"""A guide's page says what they lead, how long they may, and what binds them; why is for those who may read it."""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from conflicts.detection import Severity
from novatrek_scheduling.console.board.siblings_view import forget_views
from novatrek_scheduling.console.days import company_day, company_zone
from novatrek_scheduling.console.guides.page import GuidePage, read_guide_page
from scheduling.calendars.tokens import issue_calendar_token
from scheduling.domain.document import AvailabilityException, GuideAdjustments
from scheduling.models import Hazard, HazardKind
from tests.conflicts.factories import conflict_of
from tests.factories import DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import ROLES, signed_in
from tests.scheduling.adjusting import enter
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]

MARKER = "torn ligament"
IN_TWO_DAYS = company_day() + timedelta(days=2)


@pytest.fixture
def guide_id(siblings: SimulatedSiblings) -> UUID:
    guides = siblings.call("svc-guide-management", "/guides").json()["data"]
    return UUID(next(guide["id"] for guide in guides if guide["status"] == "ACTIVE"))


def lead(guide_id: UUID, name: str = "Rim walk") -> UUID:
    """A departure from 9 to 12 in two days, by the company's clock, led by the guide."""
    key, starts_at = uuid4(), datetime.combine(IN_TWO_DAYS, time(9), company_zone())
    team = [TeamMemberFactory(guide_id=guide_id, guide_name="Ana Ruiz")]
    departure = DepartureFactory(trip_name=name, team=team, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3))
    put({key: departure}, IN_TWO_DAYS)
    return key


def page_of(guide_id: UUID, *, may_read_health: bool = True) -> GuidePage:
    return read_guide_page(guide_id, timezone.now(), may_read_health=may_read_health)


def test_fourteen_days_name_what_is_led_with_its_state(guide_id: UUID) -> None:
    key = lead(guide_id)
    conflict_of(IN_TWO_DAYS, severity=Severity.HIGH, departure_ids=[str(key)], description="Rim Trail is closed.")

    page = page_of(guide_id)

    assert len(page.days) == 14
    [led] = page.days[2].led
    assert (led.name, led.role, led.guests) == ("Rim walk", "leads", "8 / 12")
    assert "Rim Trail is closed." in {conflict.description for conflict in led.state.conflicts}
    assert led.address == reverse("console:departure", args=[IN_TWO_DAYS, key])
    assert page.hours_ahead == 3.0


def test_certificates_have_their_runway_what_is_over_first(guide_id: UUID, siblings: SimulatedSiblings) -> None:
    today = company_day()
    siblings.expire_certificates(str(guide_id))
    siblings.set_certificate(
        str(guide_id), "CANYON_GUIDE", status="VALID", expiry_date=(today + timedelta(days=9)).isoformat()
    )

    certificates = page_of(guide_id).certificates

    assert certificates
    assert certificates[0].look.word == "Not valid"
    assert (certificates[-1].name, certificates[-1].left) == ("Canyon guide", "9 days left")
    assert certificates[-1].look.word == "Expires soon"


def test_why_somebody_is_away_is_for_those_who_assign_guides(guide_id: UUID, siblings: SimulatedSiblings) -> None:
    siblings.send_guide_away(str(guide_id), IN_TWO_DAYS, IN_TWO_DAYS, notes=MARKER)
    absence = AvailabilityException.model_validate({"from": IN_TWO_DAYS, "to": IN_TWO_DAYS, "reason": MARKER})
    restriction = {"kind": "NO_ACTIVITY", "value": "KAYAKING", "reason": MARKER}
    entered = GuideAdjustments(availability_exceptions=[absence], restrictions=[restriction], guide_notes=MARKER)
    enter({guide_id: entered}, IN_TWO_DAYS)
    address = reverse("console:guide", args=[guide_id])

    pages = {role: signed_in(role).get(address).content.decode() for role in ROLES}

    assert {role: MARKER in page for role, page in pages.items()} == {
        "Auditor": False,
        "Dispatcher": True,
        "Operations manager": True,
    }
    assert all("Away" in page and "Restricted" in page for page in pages.values())
    assert "kayaking" not in pages["Auditor"].split("guide-entered")[1]
    assert page_of(guide_id).days[2].standing == "away"


def test_while_guide_management_is_silent_the_page_shows_what_is_known_here(
    guide_id: UUID, siblings: SimulatedSiblings
) -> None:
    lead(guide_id)
    siblings.switch("svc-guide-management", "down")
    caches["siblings"].clear()
    forget_views()

    answer = signed_in("Dispatcher").get(reverse("console:guide", args=[guide_id]))

    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "svc-guide-management does not answer." in shown
    assert "Ana Ruiz" in shown
    assert "Rim walk" in shown
    assert "not known" in shown


def test_whom_nobody_knows_has_no_page() -> None:
    assert signed_in("Auditor").get(reverse("console:guide", args=[uuid4()])).status_code == 404


def test_the_calendar_says_who_issued_it_and_shows_no_secret(guide_id: UUID) -> None:
    issued = issue_calendar_token(guide_id, guide_name="Ana Ruiz", by="dana")

    shown = signed_in("Dispatcher").get(reverse("console:guide", args=[guide_id])).content.decode()

    assert "by dana." in shown
    assert issued.secret not in shown


def test_the_list_leads_to_each_guide_and_strangers_see_neither(guide_id: UUID) -> None:
    lead(guide_id)

    shown = signed_in("Auditor").get(reverse("console:guides")).content.decode()

    assert reverse("console:guide", args=[guide_id]) in shown
    stranger = signed_in()
    assert stranger.get(reverse("console:guides")).status_code == 403
    assert stranger.get(reverse("console:guide", args=[guide_id])).status_code == 403


def test_a_page_takes_a_fixed_number_of_queries(
    guide_id: UUID, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("Rim walk", "Creek walk", "Ridge walk"):
        lead(guide_id, name)

    with django_assert_max_num_queries(12):
        page_of(guide_id)


def test_whom_an_emergency_keeps_is_away_until_it_ends(guide_id: UUID) -> None:
    Hazard.objects.create(
        hazard_id=uuid4(),
        kind=HazardKind.EMERGENCY,
        severity="HIGH",
        description="A rescue at the rim",
        guide_ids=[str(guide_id)],
        starts_at=timezone.now() - timedelta(hours=1),
    )

    page = page_of(guide_id)

    assert [day.standing for day in page.days] == ["held by an emergency"] * 14

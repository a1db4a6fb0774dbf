from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from events.models import OutboxMessage
from scheduling import hooks
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Announcement, AssignmentStatus, DepartureStatus
from scheduling.errors import ApprovalRequired, StaleRevision, UnknownDeparture, UnknownSchedule
from scheduling.models import DailySchedule
from scheduling.outbox_deliveries import deliver_now
from scheduling.publication.judgement import PublicationFacts
from scheduling.publication.notices import NoticeKind, announce
from scheduling.publication.previews import preview_publication
from scheduling.publication.services import publish_departures, publish_in
from tests.factories import (
    DISPATCHER,
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TripFactory,
    at,
    facts_of,
    lead,
)
from tests.scheduling.writes import change, put, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

MACHINE = Author(AuthorKind.REQUEST, "worker")
PUBLISHED_EVENT = "novatrek.operations.schedule.published"


def publish(**which: object) -> Change:
    """Publish what nobody can judge: the guides and trips of these tests are no sibling's."""
    chosen: dict[str, Any] = {"override_warnings": True} | which
    return publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, **chosen)


def new_notices() -> Iterable[tuple[str, str]]:
    """The notices to guides since the last call, as (kind, guide)."""
    to_guides = OutboxMessage.objects.filter(destination="svc-notifications", kind__startswith="guide.")
    messages = to_guides.order_by("kind", "key")
    notices = [(message.kind, message.key) for message in messages]
    messages.delete()
    return notices


def test_a_draft_becomes_published_and_its_team_confirmed() -> None:
    departure, guide = uuid4(), GuideFactory()
    tentative = TeamMemberFactory(guide_id=guide.id, assignment_status=AssignmentStatus.TENTATIVE)
    put({departure: DepartureFactory(team=[tentative])})

    published_change = publish()

    published = stored()[departure]
    assert published.status is DepartureStatus.PUBLISHED
    assert published.team[0].assignment_status is AssignmentStatus.CONFIRMED
    assert published.published
    assert published.published.guide_ids == [guide.id]
    assert not published.has_unpublished_changes
    assert DailySchedule.objects.get().published_at is not None
    assert published_change.departure_ids == {departure}


def test_the_event_and_the_guides_messages_are_recorded_with_the_publication(monkeypatch: pytest.MonkeyPatch) -> None:
    guide = GuideFactory()
    put({uuid4(): DepartureFactory(team=[lead(guide)])})
    monkeypatch.setattr(hooks.publication_figures, "_functions", [_figures])

    publish()

    event = OutboxMessage.objects.get(kind=PUBLISHED_EVENT)
    assert event.key == TOMORROW.isoformat()
    assert (event.payload["trip_count"], event.payload["guide_count"]) == (1, 1)
    assert event.payload["optimization_score"] == 0.75
    message = OutboxMessage.objects.get(destination="svc-notifications")
    assert (message.key, message.kind) == (str(guide.id), "guide.assigned")
    assert message.payload["body"]["recipient_id"] == str(guide.id)
    assert message.payload["body"]["variables"]["departures"] == f"Sunrise hike, {TOMORROW} 09:00"


def _figures(_: date) -> Mapping[str, float]:
    return {"optimization_score": 0.75}


def test_publishing_again_without_a_change_writes_and_tells_nothing() -> None:
    put({uuid4(): DepartureFactory(team=[lead(GuideFactory())])})
    publish()
    OutboxMessage.objects.all().delete()

    again = publish()

    assert (again.departure_ids, again.schedule.rev) == (frozenset(), 3)
    assert not OutboxMessage.objects.exists()


def test_the_guide_who_leaves_and_the_one_who_comes_are_told_and_nobody_else() -> None:
    first, second, other = GuideFactory(), GuideFactory(), GuideFactory()
    departure = uuid4()
    put({departure: DepartureFactory(team=[lead(first)]), uuid4(): DepartureFactory(team=[lead(other)])})
    publish()
    new_notices()

    change(departure, team=[lead(second)])
    publish()

    assert new_notices() == [("guide.assigned", str(second.id)), ("guide.released", str(first.id))]


def test_a_guide_who_stays_is_told_of_another_time() -> None:
    guide, departure = GuideFactory(), uuid4()
    put({departure: DepartureFactory(team=[lead(guide)])})
    publish()
    new_notices()

    change(departure, starts_at=at(10))
    publish()

    assert new_notices() == [("guide.rescheduled", str(guide.id))]


def test_another_end_alone_is_unpublished_until_the_guides_are_told() -> None:
    guide, departure = GuideFactory(), uuid4()
    put({departure: DepartureFactory(team=[lead(guide)])})
    publish()
    new_notices()

    change(departure, ends_at=at(13))
    assert stored()[departure].has_unpublished_changes
    publish()

    assert new_notices() == [("guide.rescheduled", str(guide.id))]
    assert not stored()[departure].has_unpublished_changes


def test_what_was_told_before_ends_were_recorded_shows_no_change() -> None:
    guide, departure = GuideFactory(), uuid4()
    announced_without_end = Announcement(guide_ids=[guide.id], starts_at=at(9))
    published = DepartureStatus.PUBLISHED
    put({departure: DepartureFactory(team=[lead(guide)], status=published, published=announced_without_end)})

    again = publish()

    assert again.departure_ids == frozenset()
    assert "ends_at" not in again.after.write()["departures"][str(departure)]["published"]
    assert not new_notices()


def test_a_guide_who_stays_is_not_told_of_an_end_that_is_only_recorded_now() -> None:
    guide, newcomer, departure = GuideFactory(), GuideFactory(), uuid4()
    announced_without_end = Announcement(guide_ids=[guide.id], starts_at=at(9))
    put({departure: DepartureFactory(team=[lead(guide), lead(newcomer)], published=announced_without_end)})

    publish()

    assert new_notices() == [("guide.assigned", str(newcomer.id))]


def test_the_guides_of_a_cancelled_departure_are_told_once() -> None:
    guide, departure = GuideFactory(), uuid4()
    put({departure: DepartureFactory(team=[lead(guide)])})
    publish()
    new_notices()

    change(departure, status=DepartureStatus.CANCELLED)
    publish()
    publish()

    assert new_notices() == [("guide.cancelled", str(guide.id))]
    assert stored()[departure].status is DepartureStatus.CANCELLED


def test_a_guide_on_two_departures_gets_one_message_about_both() -> None:
    guide = GuideFactory()
    afternoon = DepartureFactory(team=[lead(guide)], starts_at=at(14), ends_at=at(16), trip_name="Sunset hike")
    put({uuid4(): afternoon, uuid4(): DepartureFactory(team=[lead(guide)])})

    publish()

    message = OutboxMessage.objects.get(destination="svc-notifications")
    assert message.payload["body"]["variables"]["departures"] == (
        f"Sunrise hike, {TOMORROW} 09:00; Sunset hike, {TOMORROW} 14:00"
    )


def test_a_machine_never_publishes_a_team_that_awaits_approval() -> None:
    departure = uuid4()
    waiting = TeamMemberFactory(assignment_status=AssignmentStatus.PENDING_APPROVAL)
    put({departure: DepartureFactory(team=[waiting]), uuid4(): DepartureFactory(team=[lead(GuideFactory())])})

    with pytest.raises(ApprovalRequired, match="Sunrise hike") as refused:
        publish_departures(TOMORROW, author=MACHINE, by_machine=True)

    assert [problem.field for problem in refused.value.problems] == [f"assignments.departures.{departure}"]
    assert not OutboxMessage.objects.exists()
    assert {d.status for d in stored().values()} == {DepartureStatus.DRAFT}


def test_a_person_who_publishes_approves() -> None:
    departure = uuid4()
    put({departure: DepartureFactory(team=[TeamMemberFactory(assignment_status=AssignmentStatus.PENDING_APPROVAL)])})

    publish()

    assert not stored()[departure].needs_approval
    assert stored()[departure].status is DepartureStatus.PUBLISHED


def test_an_unstaffed_draft_stays_a_draft() -> None:
    departure = uuid4()
    put({departure: DepartureFactory()})

    publish()

    assert stored()[departure].status is DepartureStatus.DRAFT
    assert preview_publication(TOMORROW).unstaffed == (departure,)


def test_one_region_or_one_departure_can_be_published_alone() -> None:
    here, there, chosen = uuid4(), uuid4(), uuid4()
    elsewhere = uuid4()
    put(
        {
            here: DepartureFactory(team=[lead(GuideFactory())]),
            there: DepartureFactory(team=[lead(GuideFactory())], region_id=elsewhere),
            chosen: DepartureFactory(team=[lead(GuideFactory())], region_id=elsewhere),
        }
    )

    publish(region_id=REGION_ID)
    publish(departure_ids=[chosen])

    assert [stored()[key].status.value for key in (here, there, chosen)] == ["PUBLISHED", "DRAFT", "PUBLISHED"]


def test_who_publishes_a_departure_reads_it_alone_and_those_of_its_guides() -> None:
    ana, ben = GuideFactory(), GuideFactory()
    chosen, of_the_same_guide = uuid4(), uuid4()
    later = DepartureFactory(team=[lead(ana), lead(ben)], starts_at=at(16), ends_at=at(18))
    put({chosen: DepartureFactory(team=[lead(ana)]), of_the_same_guide: later})
    put({uuid4(): DepartureFactory(team=[lead(ben)]), uuid4(): DepartureFactory()})

    published = publish(departure_ids=[chosen])

    assert published.after.departures.looked_at == {chosen, of_the_same_guide}


def test_a_preview_tells_what_publishing_would_do_and_does_nothing() -> None:
    guide, departure = GuideFactory(), uuid4()
    put({departure: DepartureFactory(team=[lead(guide)])})

    preview = preview_publication(TOMORROW)

    assert list(preview.departures) == [departure]
    assert [(n.guide_id, n.kind) for n in preview.notices] == [(guide.id, NoticeKind.ASSIGNED)]
    assert stored()[departure].status is DepartureStatus.DRAFT
    assert not OutboxMessage.objects.exists()


def test_what_does_not_exist_cannot_be_published() -> None:
    with pytest.raises(UnknownSchedule):
        publish()
    put({uuid4(): DepartureFactory()})
    with pytest.raises(UnknownDeparture):
        publish(departure_ids=[uuid4()])
    with pytest.raises(StaleRevision):
        publish(since_rev=1)


def test_a_write_publishes_its_own_departure_and_no_other() -> None:
    own, other, guide, trip = uuid4(), uuid4(), GuideFactory(), TripFactory()
    put({other: DepartureFactory(team=[lead(GuideFactory())])})
    known = PublicationFacts(facts_of(guides=[guide], trips=[trip]), frozenset({own}))

    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures[own] = DepartureFactory(trip_id=trip.id, team=[lead(guide)])
        publish_in(drafts[TOMORROW], [own], timezone.now(), known=known)

    write_daily_schedules([TOMORROW], edit, author=MACHINE, after_write=announce)

    assert [stored()[key].status.value for key in (own, other)] == ["PUBLISHED", "DRAFT"]
    assert OutboxMessage.objects.filter(kind=PUBLISHED_EVENT).count() == 1
    assert new_notices() == [("guide.assigned", str(guide.id))]


def test_svc_notifications_takes_what_guides_are_told(siblings: SimulatedSiblings) -> None:
    guide = GuideFactory()
    put({uuid4(): DepartureFactory(team=[lead(guide)])})
    publish()
    message = OutboxMessage.objects.get(destination="svc-notifications")

    deliver_now(message.destination, message.payload, key=str(message.message_id), deadline_seconds=10)

    [received] = siblings.received("svc-notifications")
    assert received["body"]["recipient_id"] == str(guide.id)

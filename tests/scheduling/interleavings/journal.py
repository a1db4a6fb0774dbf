"""What the database says happened, held against the model, revision by revision."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from scheduling.history.revisions import document_at, replay
from scheduling.models import DailySchedule, GuideCommitment, Reservation, ReservationStatus, ScheduleRevision
from tests.scheduling.interleavings.documents import TOLD, commitments, difference, empty, reservations, visible
from tests.scheduling.interleavings.lanes import DONE
from tests.scheduling.interleavings.scene import Attempt, Scene

# Only who meets others may give up, and then has changed nothing.
GAVE_UP = "RETRIES_EXHAUSTED"


def check_step(scene: Scene, attempts: Sequence[Attempt], outcomes: Sequence[str]) -> None:
    """Take over what was written since the last step, and see that the model comes to the same.

    PostgreSQL chose the order of the writes; the history tells it. Nothing is lost if the model, told to
    do the same in that order, ends with the very document that is stored.
    """
    start, waiting = scene.rev, list(zip(attempts, outcomes, strict=True))
    for revision in _revisions(scene, since=start):
        if revision.rev == 1:
            _check_birth(scene, revision)
            continue
        by = next((pair for pair in waiting if pair[0].signature == (revision.author, revision.cause)), None)
        assert by, f"nobody of this step wrote revision {revision.rev}: {revision.author}, {revision.cause}"
        waiting.remove(by)
        assert by[1] == DONE, f"{by[1]}, and revision {revision.rev} is there all the same"
        _take(scene, by[0], revision, start)
    for attempt, outcome in waiting:
        assert _may_have_written_nothing(scene, attempt, outcome, start, is_alone=len(attempts) == 1), (
            f"{attempt.signature} wrote nothing and was told: {outcome}"
        )
    _check_row(scene)


def check_all(scene: Scene) -> None:
    """What holds at the end: the history alone leads to the document, and the tables beside it agree with it."""
    row, document = _row(scene), visible(scene.document)
    revisions = list(ScheduleRevision.objects.filter(schedule_date=scene.day).order_by("rev"))
    assert replay(revisions) == document
    middle = max(1, scene.rev // 2)
    assert document_at(row, middle) == visible(scene.states[middle])
    held = GuideCommitment.objects.filter(schedule_date=scene.day).values_list("guide_id", "departure_id")
    assert {(str(guide), str(departure)) for guide, departure in held} == commitments(document)
    seated = Reservation.objects.filter(
        trip_date=scene.day, status=ReservationStatus.ACTIVE, departure_id__isnull=False
    )
    assert _by_reservation(seated.values_list("pk", "departure_id")) == reservations(document)


def _revisions(scene: Scene, *, since: int) -> list[ScheduleRevision]:
    found = list(ScheduleRevision.objects.filter(schedule_date=scene.day, rev__gt=since).order_by("rev"))
    assert [revision.rev for revision in found] == list(range(since + 1, since + 1 + len(found)))
    return found


def _check_birth(scene: Scene, revision: ScheduleRevision) -> None:
    assert revision.changes == {}
    scene.states.append(empty())


def _take(scene: Scene, attempt: Attempt, revision: ScheduleRevision, start: int) -> None:
    """The attempt wrote this revision: so says the history, and the model has to come to the same."""
    before, changes = scene.document, dict(revision.changes)
    is_published = changes.pop("published_at", None) is not None
    possible = attempt.outcomes(before, scene.rev, scene.states[start:])
    after = next(
        (result for result in possible if isinstance(result, dict) and difference(before, result) == changes), None
    )
    assert after is not None, f"revision {revision.rev} by {attempt.signature} is not what was meant: {changes}"
    assert is_published is (after[TOLD] > before[TOLD])
    assert changes or attempt.always_writes, "a write that changes nothing writes nothing"
    if attempt.owns_adjustments:
        scene.entered = after["guide_adjustments"]
    scene.states.append(after)


def _may_have_written_nothing(scene: Scene, attempt: Attempt, outcome: str, start: int, *, is_alone: bool) -> bool:
    """Whether there was a moment since `start` at which the model says the same."""
    if outcome == GAVE_UP:
        return not is_alone
    if outcome == DONE and attempt.is_overtaken():
        return True
    since_start = {rev: document for rev, document in enumerate(scene.states) if rev >= start}
    return any(
        result == (document if outcome == DONE else outcome) and (outcome != DONE or not attempt.always_writes)
        for rev, document in since_start.items()
        for result in attempt.outcomes(document, rev, since_start.values())
    )


def _check_row(scene: Scene) -> None:
    row = _row(scene)
    assert row.rev == scene.rev
    assert row.assignments == visible(scene.document)
    assert row.assignments["guide_adjustments"] == scene.entered
    assert (row.published_at is not None) is (scene.document[TOLD] > 0)


def _row(scene: Scene) -> DailySchedule:
    return DailySchedule.objects.get(schedule_date=scene.day)


def _by_reservation(rows: Any) -> dict[str, str]:
    found: list[tuple[UUID, UUID]] = list(rows)
    return {str(reservation): str(departure) for reservation, departure in found}

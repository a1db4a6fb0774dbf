from uuid import UUID, uuid4

import pytest

from scheduling.domain.document import Announcement, Departure, DepartureStatus
from scheduling.publication.notices import NoticeKind, notices_between
from tests.factories import DepartureFactory, at

ANA, BEN = sorted([uuid4(), uuid4()])


def told(*guides: UUID, hour: int = 9, trail: UUID | None = None, **fields: object) -> Departure:
    """A departure of which these guides know."""
    announcement = Announcement(guide_ids=list(guides), trail_id=trail, starts_at=at(hour))
    return DepartureFactory(published=announcement, **fields)


UNTOLD = DepartureFactory()
KEY, TRAIL = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (UNTOLD, told(ANA), [(ANA, NoticeKind.ASSIGNED)]),
        (told(ANA), told(ANA), []),
        (told(ANA), told(BEN), [(ANA, NoticeKind.RELEASED), (BEN, NoticeKind.ASSIGNED)]),
        (told(ANA), told(ANA, BEN, hour=10), [(ANA, NoticeKind.RESCHEDULED), (BEN, NoticeKind.ASSIGNED)]),
        (told(ANA), told(ANA, trail=TRAIL), [(ANA, NoticeKind.RESCHEDULED)]),
        (
            told(ANA, BEN),
            told(status=DepartureStatus.CANCELLED),
            [(ANA, NoticeKind.CANCELLED), (BEN, NoticeKind.CANCELLED)],
        ),
        (told(ANA), None, [(ANA, NoticeKind.CANCELLED)]),
        (None, told(ANA), [(ANA, NoticeKind.ASSIGNED)]),
        (UNTOLD, None, []),
    ],
)
def test_guides_are_told_the_difference_and_nothing_else(
    before: Departure | None, after: Departure | None, expected: list[tuple[UUID, NoticeKind]]
) -> None:
    notices = notices_between({KEY: before} if before else {}, {KEY: after} if after else {})

    assert [(notice.guide_id, notice.kind) for notice in notices] == expected

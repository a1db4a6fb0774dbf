from uuid import UUID, uuid4

import pytest

from scheduling.domain.document import Announcement, Departure, DepartureStatus
from scheduling.publication.notices import NoticeKind, notices_between
from tests.factories import DepartureFactory, at

ANA, BEN = sorted([uuid4(), uuid4()])


def announced(*guides: UUID, hour: int = 9, trail: UUID | None = None, **fields: object) -> Departure:
    """A departure announced to these guides."""
    announcement = Announcement(guide_ids=list(guides), trail_id=trail, starts_at=at(hour))
    return DepartureFactory(published=announcement, **fields)


UNANNOUNCED = DepartureFactory()
KEY, TRAIL = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (UNANNOUNCED, announced(ANA), [(ANA, NoticeKind.ASSIGNED)]),
        (announced(ANA), announced(ANA), []),
        (announced(ANA), announced(BEN), [(ANA, NoticeKind.RELEASED), (BEN, NoticeKind.ASSIGNED)]),
        (announced(ANA), announced(ANA, BEN, hour=10), [(ANA, NoticeKind.RESCHEDULED), (BEN, NoticeKind.ASSIGNED)]),
        (announced(ANA), announced(ANA, trail=TRAIL), [(ANA, NoticeKind.RESCHEDULED)]),
        (
            announced(ANA, BEN),
            announced(status=DepartureStatus.CANCELLED),
            [(ANA, NoticeKind.CANCELLED), (BEN, NoticeKind.CANCELLED)],
        ),
        (announced(ANA), None, [(ANA, NoticeKind.CANCELLED)]),
        (None, announced(ANA), [(ANA, NoticeKind.ASSIGNED)]),
        (UNANNOUNCED, None, []),
    ],
)
def test_guides_are_told_the_difference_and_nothing_else(
    before: Departure | None, after: Departure | None, expected: list[tuple[UUID, NoticeKind]]
) -> None:
    notices = notices_between({KEY: before} if before else {}, {KEY: after} if after else {})

    assert [(notice.guide_id, notice.kind) for notice in notices] == expected

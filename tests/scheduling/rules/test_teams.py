"""The hard rules of a team as a whole."""

from scheduling.domain.document import GuideAdjustments
from scheduling.rules import Rule
from tests.factories import TeamMemberFactory, lead
from tests.scheduling.rules.worlds import GUIDE, broken, led, restricted


def test_a_team_covers_its_group_with_overrides_counted() -> None:
    assert broken(led(participants=10)) == []
    assert broken(led(participants=11)) == [Rule.GROUP_SIZE]
    assert broken(led(participants=11), adjustments=GuideAdjustments(max_group_size=11)) == []
    assert broken(led(participants=8), adjustments=GuideAdjustments(max_group_size=7)) == [Rule.GROUP_SIZE]
    assert broken(led(participants=8), adjustments=restricted("MAX_GROUP_SIZE", 7)) == [Rule.GROUP_SIZE]


def test_a_team_has_one_to_three_different_guides_and_one_lead() -> None:
    others = [TeamMemberFactory(role="ASSISTANT") for _ in range(3)]

    assert Rule.TEAM_SIZE in broken(led(team=[lead(GUIDE), *others]))
    assert Rule.TEAM_SIZE not in broken(led(team=[lead(GUIDE), *others[:2]]))
    assert Rule.TEAM_SIZE in broken(led(team=[lead(GUIDE), TeamMemberFactory(guide_id=GUIDE.id, role="ASSISTANT")]))
    assert Rule.ONE_LEAD in broken(led(team=[lead(GUIDE), TeamMemberFactory()]))
    assert broken(led(team=[TeamMemberFactory(guide_id=GUIDE.id, role="ASSISTANT")])) == [Rule.ONE_LEAD]

"""An option is chosen, the day after it is looked at, and it is applied."""

import pytest
from django.urls import reverse

from conflicts.choices import Strategy
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.resolution.option_search import compute_options
from tests.conflicts.planned import PlannedDay, options_of, plan_a_day, under_a_storm
from tests.novatrek_scheduling.console.people import signed_in
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def test_the_day_after_is_shown_before_anything_is_written_and_then_made(planned: PlannedDay) -> None:
    key = planned.staffed()[0]
    away = planned.departure(key).team[0].guide_name
    conflict = planned.send_lead_away(key)
    compute_options(conflict, deadline_seconds=10)
    option = options_of(conflict, Strategy.REASSIGN_GUIDE)[0]
    address, dispatcher = reverse("console:review", args=[conflict.pk]), signed_in("Dispatcher")

    looked_at = dispatcher.post(address, {"choose": option.id, "notes": "flu"})

    preview = looked_at.context["preview"]
    team = {name: (was, now) for row in preview.rows for name, was, now in row.fields}["Team"]
    assert away in team[0]
    assert away not in team[1]
    assert away in {guide.name for guide in preview.guides}
    assert (preview.new_conflicts, preview.refusal) == ((), "")
    assert "flu" in looked_at.content.decode()
    assert planned.departure(key).team[0].guide_name == away

    dispatcher.post(address, {"do": "apply", "option": option.id, "notes": "flu"})

    assert not ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()
    assert planned.departure(key).team[0].guide_name != away
    assert ConflictResolution.objects.get(conflict=conflict).notes == "flu"


def test_guests_who_lose_their_place_are_in_the_day_after_as_on_the_card(planned: PlannedDay) -> None:
    key = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    conflict, option = under_a_storm(planned, key)

    looked_at = signed_in("Auditor").get(f"{reverse('console:review', args=[conflict.pk])}?option={option.id}")

    preview = looked_at.context["preview"]
    [on_the_card] = option.figures.causes
    assert [conflict.description for conflict in preview.new_conflicts] == [on_the_card.description]
    assert "have no place" in on_the_card.description
    # It is part of what was chosen: nobody has to confirm it once more.
    assert preview.caused == ()
    assert "It causes no new conflict." not in looked_at.content.decode()


def test_an_option_that_is_not_possible_any_more_says_so(planned: PlannedDay) -> None:
    key = planned.staffed()[0]
    conflict = planned.send_lead_away(key)
    compute_options(conflict, deadline_seconds=10)
    option = options_of(conflict, Strategy.REASSIGN_GUIDE)[0]
    planned.edit(key, team=[])

    looked_at = signed_in("Auditor").get(f"{reverse('console:review', args=[conflict.pk])}?option={option.id}")

    assert looked_at.context["preview"] is None or looked_at.context["preview"].refusal

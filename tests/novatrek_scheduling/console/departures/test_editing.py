"""Changes of a departure in its panel: looked at before they are saved, versioned, and refused at the field."""

from datetime import date
from uuid import UUID

import pytest
from django.test import Client

from scheduling.models import DailySchedule, ScheduleRevision
from tests.novatrek_scheduling.console.departures.forms import (
    CLIMB,
    HIKE,
    form_of,
    panel_of,
    plan_hike,
    stored_on,
)
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import change, enter
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


def guides_for(client: Client, day: date) -> list[UUID]:
    """Return who can go, the best first."""
    return [choice.guide_id for choice in client.get(f"{panel_of(day)}guides/").context["ranking"].choices]


def revision(day: date) -> int:
    return DailySchedule.objects.get(schedule_date=day).rev


def clock(client: Client, day: date, name: str = "starts_at") -> str:
    """Return a time as the form shows it, by the clock of the departure."""
    shown: str = client.get(panel_of(day)).context["form"][name]
    return shown


def test_a_chosen_guide_is_shown_with_the_consequences_and_goes_once_it_is_saved(dana: Client, day: date) -> None:
    best = guides_for(dana, day)[0]

    shown = dana.post(panel_of(day), form_of(day, guide=best, action="review"))

    consequences = shown.context["edit"].consequences
    assert [words for _name, words in consequences.notices] == ["is told to go"]
    assert consequences.score[1] > consequences.score[0]
    assert [change.after - change.before for change in consequences.hours] == [2.0]
    assert stored_on(day).team == []

    saved = dana.post(panel_of(day), form_of(day, member=[best], lead=best))

    assert saved.status_code == 302, saved.context["edit"]
    assert stored_on(day).guide_ids == {best}
    assert ScheduleRevision.objects.order_by("-rev")[0].author == "a dispatcher"


def test_a_guide_dropped_on_the_departure_is_chosen_but_not_saved(dana: Client, day: date) -> None:
    best = guides_for(dana, day)[0]

    shown = dana.get(panel_of(day), {"guide": best, "fragment": "1"})

    assert [place.guide_id for place in shown.context["edit"].plan.team] == [best]
    assert stored_on(day).team == []


def test_another_guide_takes_the_place_of_the_present_one_or_goes_beside(dana: Client, day: date) -> None:
    first, second, *_ = guides_for(dana, day)
    dana.post(panel_of(day), form_of(day, guide=first))

    instead = dana.post(panel_of(day), form_of(day, guide=second, place=first, action="review"))
    beside = dana.post(panel_of(day), form_of(day, guide=second, place="beside", action="review"))

    assert [(m.guide_id, m.is_lead) for m in instead.context["edit"].plan.team] == [(second, True)]
    assert [(m.guide_id, m.is_lead) for m in beside.context["edit"].plan.team] == [(first, True), (second, False)]


def test_a_hard_rule_is_told_at_the_team_and_what_was_entered_stays(dana: Client, day: date) -> None:
    excluded = dana.get(f"{panel_of(day)}guides/").context["ranking"].excluded[0]

    answer = dana.post(panel_of(day), form_of(day, guide=excluded.guide_id, capacity=15))

    edit = answer.context["edit"]
    assert answer.status_code == 422
    assert edit.errors["team"]
    assert (edit.chosen, edit.plan.capacity) == ({excluded.guide_id}, 15)
    assert stored_on(day).capacity == 12


def test_a_refusal_does_not_say_why_a_guide_is_away(dana: Client, day: date) -> None:
    best = guides_for(dana, day)[0]
    enter(best, day, availability_exceptions=[{"from": day, "to": day, "reason": "surgery"}])

    answer = dana.post(panel_of(day), form_of(day, guide=best))

    assert answer.context["edit"].errors["team"].endswith(": away.")
    assert stored_on(day).team == []


@pytest.mark.parametrize(("name", "typed"), [("capacity", "many"), ("starts_at", "at nine"), ("trail_id", "that one")])
def test_what_cannot_be_read_is_told_at_the_field_and_stays_as_it_was_typed(
    dana: Client, day: date, name: str, typed: str
) -> None:
    answer = dana.post(panel_of(day), form_of(day, **{name: typed}))

    assert answer.status_code == 422
    assert answer.context["edit"].errors.keys() == {name}
    assert answer.context["form"][name] == typed


def test_a_departure_moves_by_its_own_clock_and_its_end_with_it(dana: Client, day: date) -> None:
    before = stored_on(day)
    local = clock(dana, day)

    dana.post(panel_of(day), form_of(day, starts_at=f"{local[:-2]}25", ends_at=clock(dana, day, "ends_at")))

    moved = stored_on(day)
    assert (moved.starts_at - before.starts_at).total_seconds() == 25 * 60
    assert moved.ends_at - moved.starts_at == before.ends_at - before.starts_at


def test_it_is_cancelled_once_the_consequences_were_seen_and_reinstated(dana: Client, day: date) -> None:
    shown = dana.post(panel_of(day), {"since_rev": revision(day), "is_cancelled": "yes", "action": "review"})
    assert shown.context["edit"].plan.is_cancelled
    assert not stored_on(day).is_cancelled

    dana.post(panel_of(day), form_of(day, is_cancelled="yes"))
    assert stored_on(day).is_cancelled

    dana.post(panel_of(day), form_of(day, is_cancelled="no"))
    assert not stored_on(day).is_cancelled


def test_a_team_is_pinned_and_released_by_one_button(dana: Client, day: date) -> None:
    dana.post(panel_of(day), form_of(day, guide=guides_for(dana, day)[0]))

    dana.post(panel_of(day), {"since_rev": revision(day), "action": "pin"})
    assert stored_on(day).is_pinned

    dana.post(panel_of(day), {"since_rev": revision(day), "action": "release"})
    assert not stored_on(day).is_pinned


def test_the_second_of_two_is_told_what_the_first_changed_and_both_changes_are_kept(dana: Client, day: date) -> None:
    opened = form_of(day, capacity=15, starts_at=clock(dana, day), ends_at=clock(dana, day, "ends_at"))
    later = f"{clock(dana, day)[:-2]}25"
    signed_in("Operations manager").post(panel_of(day), form_of(day, starts_at=later))

    answer = dana.post(panel_of(day), opened)

    edit, shown = answer.context["edit"], answer.context["form"]
    assert answer.status_code == 409
    changes = [(str(change.label), change.author, change.typed) for change in edit.meanwhile]
    assert changes == [("Start", "a operations manager", ""), ("End", "a operations manager", "")]
    assert (edit.plan.capacity, shown["starts_at"]) == (15, later)
    assert stored_on(day).capacity == 12

    dana.post(panel_of(day), opened | {"since_rev": edit.since_rev} | shown)

    assert (stored_on(day).capacity, clock(dana, day)) == (15, later)


def test_what_collides_is_told_with_what_was_typed_which_the_second_save_stores(dana: Client, day: date) -> None:
    opened = form_of(day, capacity=15)
    change(HIKE, day, capacity=20)

    answer = dana.post(panel_of(day), opened)

    [collision] = answer.context["edit"].meanwhile
    assert (collision.before, collision.after, collision.typed) == ("12", "20", "15")
    assert stored_on(day).capacity == 20

    dana.post(panel_of(day), opened | {"since_rev": answer.context["edit"].since_rev})
    assert stored_on(day).capacity == 15


def test_a_change_of_another_departure_is_in_nobodys_way(dana: Client, day: date, siblings: SimulatedSiblings) -> None:
    opened = form_of(day, capacity=15)
    plan_hike(siblings, UUID(int=1))

    assert dana.post(panel_of(day), opened).status_code == 302
    assert stored_on(day).capacity == 15


def test_an_auditor_sees_the_ranking_and_changes_nothing(day: date) -> None:
    auditor = signed_in("Auditor")

    shown = auditor.get(panel_of(day), {"rank": "1"}).content.decode()

    assert "Can go" in shown
    assert "data-choose" not in shown
    assert 'id="np-edit"' not in shown
    assert auditor.post(panel_of(day), form_of(day, capacity=15)).status_code == 403
    assert stored_on(day).capacity == 12


def test_the_ranking_says_when_the_guides_cannot_be_asked(dana: Client, day: date, siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "down")

    assert 'role="alert"' in dana.get(f"{panel_of(day)}guides/").content.decode()


def test_a_guide_of_another_departure_comes_with_a_swap_that_is_saved_as_one_change(
    dana: Client, day: date, siblings: SimulatedSiblings
) -> None:
    plan_hike(siblings, CLIMB)
    first, second, *_ = guides_for(dana, day)
    dana.post(panel_of(day), form_of(day, guide=first))
    dana.post(panel_of(day, CLIMB), form_of(day, CLIMB, guide=second))

    ranking = dana.get(f"{panel_of(day)}guides/", {"costs": "1"}).context["ranking"]
    [swap] = [swap for swap in ranking.swaps if swap.guide_id == second]
    shown = dana.post(panel_of(day), form_of(day, guide=swap.value, action="review"))
    needed = [str(needed) for needed in shown.context["edit"].swaps]
    saved = dana.post(panel_of(day), form_of(day, member=[second], lead=second, swap=needed))

    assert saved.status_code == 302, (saved.context["edit"].errors, saved.context["edit"].problems, swap)

    assert swap.instead_of == first
    assert stored_on(day).guide_ids == {second}
    assert second not in stored_on(day, CLIMB).guide_ids
    assert stored_on(day, CLIMB).team

"""What the console reads of many conflicts at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conflicts.detection import Cause
from conflicts.models import ScheduleConflict
from novatrek_scheduling.console.home.conflicts import read_dated
from novatrek_scheduling.console.open_conflicts import columns_of, open_conflicts_on
from tests.conflicts.factories import IN_THREE_DAYS, conflict_of, overfull, put
from tests.factories import TeamMemberFactory, at

pytestmark = pytest.mark.django_db


def test_neither_evidence_nor_options_of_a_conflict_are_read_for_a_list() -> None:
    conflict = overfull(IN_THREE_DAYS)
    hidden = {"evidence", "plan", "resolution_options"}

    [(_id, _type, details, _detected_at)] = columns_of(ScheduleConflict.objects.open())

    assert hidden <= conflict.details.keys()
    assert details == {name: value for name, value in conflict.details.items() if name not in hidden}


def test_a_date_and_the_first_page_show_the_same_conflict_by_a_query_each() -> None:
    overfull(IN_THREE_DAYS)

    with CaptureQueriesContext(connection) as captured:
        [on_date], [on_first_page] = open_conflicts_on(IN_THREE_DAYS), read_dated([IN_THREE_DAYS]).all

    assert on_date == on_first_page
    assert len(captured) == 2


def test_of_earlier_dates_those_are_shown_that_somebody_is_out_on_and_those_between_dates() -> None:
    today, earlier = IN_THREE_DAYS, [IN_THREE_DAYS - timedelta(days=n) for n in range(6)]
    put(uuid4(), earlier[5], ends_at=at(18, day=today), team=[TeamMemberFactory()])
    own, over, out = (conflict_of(day) for day in (today, earlier[4], earlier[5]))
    rest = conflict_of(earlier[4], cause=Cause.REST)

    shown = {conflict.id for conflict in open_conflicts_on(today)}

    assert shown == {own.pk, out.pk, rest.pk}
    assert over.pk in {conflict.id for conflict in open_conflicts_on(earlier[4], today)}

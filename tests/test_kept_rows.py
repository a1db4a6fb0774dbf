from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission

from scheduling.models import DailySchedule
from tests.conflicts.factories import put
from tests.kept_rows import put_only, put_rows, take_rows


@pytest.mark.django_db(transaction=True)
def test_the_tables_become_what_they_were_whatever_is_committed_meanwhile() -> None:
    before = take_rows(with_django=True)
    put(uuid4())
    Group.objects.filter(name="Auditor").delete()
    Permission.objects.create(codename="sleep", content_type_id=Permission.objects.first().content_type_id)

    put_only(before)

    assert take_rows(with_django=True) == before
    assert Group.objects.filter(name="Auditor", permissions__codename="view_dailyschedule").exists()


@pytest.mark.django_db
def test_rows_come_back_as_they_were_with_all_that_triggers_made_of_them() -> None:
    put(uuid4())
    rows = take_rows()
    schedule = DailySchedule.objects.get()
    put_only({})

    put_rows(rows)

    assert take_rows() == rows
    assert DailySchedule.objects.get().rev == schedule.rev

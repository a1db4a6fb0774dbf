"""A hike whose guides the simulated siblings know, and people who look at it or work on it."""

from datetime import date

import pytest
from django.test import Client

from tests.novatrek_scheduling.console.departures.forms import day_of, plan_hike
from tests.novatrek_scheduling.console.people import signed_in
from tests.siblings import SimulatedSiblings


@pytest.fixture
def day(siblings: SimulatedSiblings) -> date:
    """The date of the hike."""
    plan_hike(siblings)
    return day_of(siblings)


@pytest.fixture
def dana(groups: None) -> Client:
    """A dispatcher."""
    return signed_in("Dispatcher")


@pytest.fixture
def auditor(groups: None) -> Client:
    return signed_in("Auditor")

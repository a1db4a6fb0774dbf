"""A field of the departure that was added in one place and forgotten in another."""

from scheduling.domain.document import Departure
from scheduling.patches.ownership import OTHERS_FIELDS
from scheduling.patches.serializers import DeparturePatchSerializer
from scheduling.serializers.departures import DepartureSerializer

FIELDS = Departure.model_fields.keys()


def test_every_field_of_a_departure_is_described_to_clients() -> None:
    assert DepartureSerializer().fields.keys() == FIELDS


def test_every_field_of_a_departure_is_a_dispatchers_or_belongs_to_another_writer() -> None:
    of_dispatchers = DeparturePatchSerializer().fields.keys()

    assert of_dispatchers | OTHERS_FIELDS.keys() == FIELDS
    assert not of_dispatchers & OTHERS_FIELDS.keys()

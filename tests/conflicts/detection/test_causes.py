"""A cause of conflicts that was added in one place and forgotten in another."""

from conflicts.choices import CAUSE_LABELS
from conflicts.detection.causes import Cause
from conflicts.detection.closing import ENDS_OF_FACTS, RESTS_ON
from conflicts.detection.detect import RULES

OF_PLACES = {Cause.LOCATION_CAPACITY, Cause.GUESTS_WITHOUT_PLACE}


def test_every_cause_is_judged() -> None:
    assert RULES.keys() | OF_PLACES == set(Cause)


def test_every_cause_has_a_label_and_a_reason_for_clearing_it() -> None:
    assert CAUSE_LABELS.keys() == ENDS_OF_FACTS.keys() == RESTS_ON.keys() == set(Cause)

"""Departures and entries of a document are read when they are looked at, and otherwise stay as they are stored."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.document import Departure, LazyParts, ScheduleDocument, changed_departures
from tests.factories import DepartureFactory, GuideFactory, lead

KEYS = [UUID(int=number) for number in range(1, 6)]
OTHER_REGION = uuid4()
SICK = {"capacity": "many"}


def stored_departures(*keys: UUID, **fields: Any) -> dict[str, Any]:
    return {str(key): DepartureFactory(**fields).model_dump(mode="json") for key in keys}


def read(departures: dict[str, Any], **others: Any) -> ScheduleDocument:
    return ScheduleDocument.read({"departures": departures, "guide_adjustments": {}, **others})


def test_nothing_is_read_that_nobody_looks_at() -> None:
    document = read(stored_departures(*KEYS))

    document.departures[KEYS[1]].capacity = 3

    assert document.departures.looked_at == {KEYS[1]}
    assert document.write()["departures"][str(KEYS[1])]["capacity"] == 3
    assert document.departures.looked_at == {KEYS[1]}


def test_what_differs_is_found_without_a_look_at_the_others() -> None:
    stored = stored_departures(*KEYS)
    before, after = read(stored), read(stored)
    after.departures[KEYS[0]].capacity = 3
    assert after.departures[KEYS[1]].capacity
    after.departures[KEYS[2]] = after.departures.pop(KEYS[3])

    assert changed_departures(before, after) == {KEYS[0], KEYS[2], KEYS[3]}
    assert before.departures.looked_at == set(KEYS[:4])


def test_documents_of_other_rows_are_compared_by_what_they_store() -> None:
    stored = stored_departures(*KEYS)
    then, now = read(stored), read({**stored, str(KEYS[0]): stored[str(KEYS[0])] | {"capacity": 3}})

    assert changed_departures(then, now) == {KEYS[0]}
    assert then != now
    assert then == read(dict(stored))


def test_a_region_is_found_without_a_look_at_others() -> None:
    here = DepartureFactory()
    stored = {**stored_departures(KEYS[0]), **stored_departures(KEYS[1], region_id=OTHER_REGION)}
    shouting = {**stored_departures(KEYS[2])[str(KEYS[2])], "region_id": str(here.region_id).upper()}
    document = read({**stored, str(KEYS[2]): shouting, str(KEYS[3]): SICK})

    assert document.departures_in([here.region_id]).keys() == {KEYS[0], KEYS[2]}
    assert KEYS[1] not in document.departures.looked_at


def test_what_nobody_changes_is_written_as_it_was_whatever_it_is() -> None:
    stored = {**stored_departures(KEYS[0]), str(KEYS[1]): SICK, "no id": {"of": "somebody"}}
    stored[str(KEYS[0])] |= {"capacity": 8.0}
    document = read(stored, of_a_later_version=[1])

    document.departures[KEYS[2]] = DepartureFactory()

    written = document.write()
    assert [written["departures"][key] for key in stored] == [*stored.values()]
    assert written["of_a_later_version"] == [1]


def test_one_that_cannot_be_read_is_not_there_and_what_takes_its_place_is_found() -> None:
    document = read({**stored_departures(KEYS[0]), str(KEYS[1]): SICK})

    assert list(document.departures) == [KEYS[0]]
    assert KEYS[1] not in document.departures
    assert document.unreadable_departures == {KEYS[1]}
    assert not document.departures.replaced_unread
    document.departures[KEYS[1]] = DepartureFactory()
    assert document.departures.replaced_unread == {KEYS[1]}


def test_an_id_in_another_spelling_is_the_same_departure() -> None:
    key = UUID("ABCDEF00-0000-4000-8000-00000000000A")
    stored = {str(key).upper(): stored_departures(key)[str(key)]}
    document = read(stored)

    document.departures[key].capacity = 3

    assert document.write()["departures"].keys() == stored.keys()
    del document.departures[key]
    assert document.write()["departures"] == {}


def test_a_copy_is_edited_alone_and_one_for_reading_shares_the_others() -> None:
    document = read(stored_departures(*KEYS[:2]))

    edited = document.copy_for_editing()
    edited.departures[KEYS[0]].capacity = 3
    replaced = document.with_departures({KEYS[0]: DepartureFactory(capacity=4)})

    assert document.departures[KEYS[0]].capacity not in {3, 4}
    assert replaced.departures[KEYS[0]].capacity == 4
    assert replaced.departures[KEYS[1]] is document.departures[KEYS[1]]
    assert document.with_only([KEYS[1], uuid4()]).departures.keys() == {KEYS[1]}


EDITS = st.lists(
    st.tuples(st.sampled_from(["look", "edit", "set", "remove", "move", "list"]), st.sampled_from(KEYS)), max_size=12
)


@given(EDITS)
def test_it_is_edited_as_a_dict_of_departures_is(edits: list[tuple[str, UUID]]) -> None:
    stored = {**stored_departures(*KEYS[:3]), str(KEYS[3]): SICK}
    lazy = LazyParts(Departure, stored)
    eager = {key: Departure.model_validate(stored[str(key)]) for key in KEYS[:3]}

    for number, (what, key) in enumerate(edits):
        for departures in (lazy, eager):
            _edit(departures, what, key, number)
        if what == "list":
            assert list(lazy) == list(eager)

    assert dict(lazy) == eager
    assert lazy == eager
    before = LazyParts(Departure, stored)
    assert lazy.differing_from(before) == {key for key in KEYS if eager.get(key) != before.get(key)}


def _edit(departures: Any, what: str, key: UUID, number: int) -> None:
    present = departures.get(key)
    if what == "edit" and present:
        present.capacity = number
    if what == "set" and key != KEYS[3]:
        departures[key] = DepartureFactory(trip_id=KEYS[0], capacity=number)
    if what == "remove":
        departures.pop(key, None)
    if what == "move" and present:
        departures[KEYS[4]] = departures.pop(key)


def test_what_is_no_document_is_refused() -> None:
    for stored in ({"departures": []}, {"guide_adjustments": None}, {"departures": None}, []):
        with pytest.raises(ValueError, match="validation error"):
            ScheduleDocument.read(stored)  # type: ignore[arg-type]


def test_the_departures_of_guides_and_from_a_camp_are_found_without_a_look_at_others() -> None:
    guide, other, camp = GuideFactory(), GuideFactory(), uuid4()
    stored = {
        **stored_departures(KEYS[0], team=[lead(guide)]),
        **stored_departures(KEYS[1], team=[lead(other)], location_id=camp),
        **stored_departures(KEYS[2]),
        str(KEYS[3]): SICK,
    }
    document = read(stored)

    assert document.departures_of([guide.id]).keys() == {KEYS[0]}
    assert document.departures.looked_at == {KEYS[0]}
    assert document.departures_from(camp).keys() == {KEYS[1]}
    assert KEYS[2] not in document.departures.looked_at

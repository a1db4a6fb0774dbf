from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from events import dead_letters
from events.dead_letters import (
    DeadLetterSettled,
    NotReplayable,
    ReplayFailed,
    discard,
    on_dead_letter,
    record_dead_letter,
    register_prepared_replay,
    register_replay,
    replay,
)
from events.models import DeadLetter

pytestmark = pytest.mark.django_db

replayed: list[int] = []


@pytest.fixture(autouse=True)
def _registries_as_before() -> Iterator[None]:
    replays = dict(dead_letters._replays)
    replayed.clear()
    register_replay("test", lambda dead_letter: replayed.append(dead_letter.pk))
    yield
    dead_letters._replays.clear()
    dead_letters._replays.update(replays)


def _record(source: str = "test") -> DeadLetter:
    return record_dead_letter(source=source, reason="it broke", payload={"a": 1}, key="k")


def test_a_replayed_dead_letter_is_done_again_and_closed() -> None:
    dead_letter = _record()

    replay(dead_letter, by="ana")

    assert replayed == [dead_letter.pk]
    assert dead_letter.replayed_by == "ana"
    assert not dead_letter.is_open


def test_a_replay_that_fails_leaves_the_dead_letter_open() -> None:
    register_replay("broken", _fail)
    dead_letter = _record("broken")

    with pytest.raises(ReplayFailed, match="still broken"):
        replay(dead_letter, by="ana")

    dead_letter.refresh_from_db()
    assert dead_letter.is_open


@pytest.mark.django_db(transaction=True)
def test_what_a_replay_has_to_find_out_is_found_before_anything_is_locked() -> None:
    def prepare(_: DeadLetter) -> Callable[[], None]:
        is_locked = connection.in_atomic_block
        return lambda: found.append((is_locked, connection.in_atomic_block))

    found: list[tuple[bool, bool]] = []
    register_prepared_replay("asking", prepare)

    replay(_record("asking"), by="ana")

    assert found == [(False, True)]


def test_what_nobody_can_replay_can_be_discarded() -> None:
    dead_letter = _record("unheard of")

    with pytest.raises(NotReplayable):
        replay(dead_letter, by="ana")
    discard(dead_letter, by="ana")

    assert dead_letter.discarded_by == "ana"


def test_a_settled_dead_letter_cannot_be_settled_again() -> None:
    dead_letter = _record()
    discard(dead_letter, by="ana")

    with pytest.raises(DeadLetterSettled):
        replay(dead_letter, by="ben")
    with pytest.raises(DeadLetterSettled):
        discard(dead_letter, by="ben")

    assert replayed == []


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_replays() -> None:
    dead_letter = _record()
    together = Barrier(2)

    def settle(by: str) -> str:
        together.wait(timeout=5)
        try:
            replay(DeadLetter.objects.get(pk=dead_letter.pk), by=by)
            return "won"
        except DeadLetterSettled:
            return "settled"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(settle, ["ana", "ben"]))

    assert sorted(outcomes) == ["settled", "won"]
    assert replayed == [dead_letter.pk]


def test_observers_hear_of_a_new_dead_letter_and_cannot_prevent_it() -> None:
    heard: list[str] = []
    on_dead_letter(_fail)
    on_dead_letter(lambda dead_letter: heard.append(dead_letter.reason))

    _record()

    assert heard == ["it broke"]
    assert DeadLetter.objects.exists()


def test_a_payload_of_bytes_is_kept_as_it_came_and_as_json() -> None:
    dead_letter = record_dead_letter(source="test", reason="it broke", payload=b'{"a": 1}')

    dead_letter.refresh_from_db()
    assert dead_letter.payload == {"a": 1}
    assert bytes(dead_letter.original or b"") == b'{"a": 1}'


def test_text_that_the_database_cannot_hold_does_not_stop_a_dead_letter() -> None:
    dead_letter = record_dead_letter(source="test", reason="\x00\ud800", payload={"a": "\x00"}, key="\x00")

    dead_letter.refresh_from_db()
    assert dead_letter.payload is None


def test_the_command_replays_what_it_is_told_to() -> None:
    first, second, other = _record(), _record(), _record("unheard of")

    call_command("replay_dead_letters", "--source", "test", stdout=StringIO())

    assert replayed == [first.pk, second.pk]
    other.refresh_from_db()
    assert other.is_open


def test_the_command_names_what_it_could_not_replay() -> None:
    dead_letter = _record("unheard of")
    output = StringIO()

    with pytest.raises(CommandError, match="1 could not"):
        call_command("replay_dead_letters", "--id", str(dead_letter.pk), stdout=output)

    assert "cannot be replayed" in output.getvalue()


def test_a_dry_run_replays_nothing() -> None:
    dead_letter = _record()
    output = StringIO()

    call_command("replay_dead_letters", "--all", "--dry-run", stdout=output)

    assert replayed == []
    assert str(dead_letter.pk) in output.getvalue()


def _fail(_dead_letter: DeadLetter) -> None:
    raise RuntimeError("still broken")

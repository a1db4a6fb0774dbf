"""What a process has read to answer with: clients poll, and what they ask for seldom changes between two questions."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

MOST_ROWS = 512

Answer = TypeVar("Answer")


class Kept(NamedTuple, Generic[Answer]):
    """An answer, which nobody may change, and the mark that the database gives what it is made of.

    The mark is another one once any of that is another. Of `rows` the answer is made.
    """

    mark: str
    answer: Answer
    rows: int = 1


class KeptAnswers(Generic[Answer]):
    """The last answer to each question, up to a number of rows in all; those go first that were asked for longest ago.

    Whether an answer is still the latest is for the database to say, each time.
    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._kept: OrderedDict[Hashable, Kept[Answer]] = OrderedDict()
        self._rows = 0
        self._lock = Lock()

    def to(self, question: Hashable) -> Kept[Answer] | None:
        """Return the last answer that was kept, None where there is none any more."""
        with self._lock:
            kept = self._kept.get(question)
            if kept is not None:
                self._kept.move_to_end(question)
            return kept

    def keep(self, question: Hashable, kept: Kept[Answer]) -> None:
        """Keep an answer in place of the last one to its question."""
        with self._lock:
            former = self._kept.pop(question, None)
            self._kept[question] = kept
            self._rows += kept.rows - (former.rows if former else 0)
            while self._rows > self._most_rows:
                _, dropped = self._kept.popitem(last=False)
                self._rows -= dropped.rows

"""What tests of readers look for: statements by which a whole document or revision comes to Python."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

_WHOLE_DOCUMENT = re.compile(r'"(daily_schedules"\."assignments|schedule_revisions"\."changes)"(, "| FROM| AS)')


@contextmanager
def no_whole_document_is_read(*, at_most: int | None = None) -> Iterator[None]:
    """Fail where a statement in the block reads one as a column, or where there are more statements than that."""
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [query["sql"] for query in captured.captured_queries]
    assert [statement for statement in statements if _WHOLE_DOCUMENT.search(statement)] == []
    assert at_most is None or len(statements) <= at_most, statements

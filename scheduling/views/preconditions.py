"""Preconditions: the revision that a change was made on, by `_rev` or `If-Match`, and the response if it is stale."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from rest_framework.request import Request

from novatrek_scheduling.errors import FieldProblem, Malformed, PreconditionFailed
from scheduling.errors import StaleRevision
from scheduling.history.revisions import TooFarBehind, changes_since, field_lines
from scheduling.models import DailySchedule, schedule_id_of

ENTITY_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
ANY = "*"


@contextmanager
def expecting(request: Request, day: date, *, rev: int | None = None) -> Iterator[int | None]:
    """Yield the revision that a change of `day` must be made on; None where the client states none.

    `rev` is the `_rev` of the body. A StaleRevision raised inside is raised again with the current revision and
    the changes since, field by field; as PreconditionFailed where the revision came from `If-Match`.
    """
    tags = _tags_of(request)
    matched = None if tags is None else _matching_rev(tags, day)
    try:
        if rev is not None and matched is not None and rev != matched:
            raise StaleRevision(day, since_rev=rev, current_rev=matched)
        yield matched if rev is None else rev
    except StaleRevision as stale:
        raise (_explained(stale) if rev is not None else _unmatched(stale)) from stale


def _tags_of(request: Request) -> list[str] | None:
    header = request.headers.get("If-Match")
    if header is None:
        return None
    header = header.strip()
    if header == ANY:
        return [ANY]
    tags = [ENTITY_TAG.fullmatch(tag.strip()) for tag in header.split(",")]
    if not all(tags):
        problem = FieldProblem("If-Match", 'entity tags, such as "7", or *')
        raise Malformed("The If-Match header cannot be read.", problem)
    # A weak tag never matches: If-Match compares strongly (RFC 9110, section 13.1.1).
    return [tag[2] for tag in tags if tag and not tag[1]]


def _matching_rev(tags: list[str], day: date) -> int | None:
    current = DailySchedule.objects.filter(schedule_date=day).values_list("rev", flat=True).first()
    if current is not None and ANY in tags:
        # "*" requires an existing daily schedule, at any revision.
        return None
    if current is not None and str(current) in tags:
        return current
    stated = next((int(tag) for tag in tags if tag.isdecimal() and len(tag) < len(str(2**31))), 0)
    raise _unmatched(StaleRevision(day, since_rev=stated, current_rev=current or 0))


def _unmatched(stale: StaleRevision) -> PreconditionFailed:
    explained = _explained(stale)
    failed = PreconditionFailed(explained.message, FieldProblem("If-Match", f'is "{stale.current_rev}" now'))
    failed.problems += explained.problems[1:]
    failed.data = explained.data
    return failed


def _explained(stale: StaleRevision) -> StaleRevision:
    explained = StaleRevision(stale.day, since_rev=stale.since_rev, current_rev=stale.current_rev)
    explained.data = {"_rev": stale.current_rev}
    try:
        changes = changes_since(schedule_id_of(stale.day), stale.since_rev)
    except TooFarBehind as behind:
        explained.message = behind.message
        return explained
    explained.problems += tuple(FieldProblem(field, text) for field, text in field_lines(changes))
    explained.data = {"_rev": stale.current_rev, "changes": changes}
    return explained

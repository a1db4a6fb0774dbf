"""Bounds of columns: what PostgreSQL would keep, and Python or the rules could not read, is refused by the table.

PostgreSQL has moments before year 1, after year 9999 and at infinity. One such row fails every query that meets it.
"""

from django.db.models import BooleanField, CheckConstraint, F, Func, Q

from scheduling.domain.limits import LONG_AGO, OPEN_END

LONGEST_TEXT = 4000
_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
# Strict: an array within the array is no id, whatever is in it.
_NO_ID = f'strict $[*] ? (@.type() != "string" || !(@ like_regex "{_ID}" flag "i"))'


def moments_can_be_read(*fields: str, name: str) -> CheckConstraint:
    """Return the constraint that these columns of instants lie between `LONG_AGO` and `OPEN_END`, or are null."""
    return CheckConstraint(condition=_all_between(fields, LONG_AGO, OPEN_END), name=name)


def dates_can_be_read(*fields: str, name: str) -> CheckConstraint:
    """Return the same constraint for columns of dates."""
    return CheckConstraint(condition=_all_between(fields, LONG_AGO.date(), OPEN_END.date()), name=name)


def are_lists_of_ids(*fields: str, name: str) -> CheckConstraint:
    """Return the constraint that these columns are JSON arrays of UUIDs."""
    template = f"(jsonb_typeof(%(expressions)s) = 'array' AND NOT jsonb_path_exists(%(expressions)s, '{_NO_ID}'))"
    condition = Q()
    for field in fields:
        condition &= Q(Func(F(field), template=template, output_field=BooleanField()))
    return CheckConstraint(condition=condition, name=name)


def is_in_short(field: str, *, name: str) -> CheckConstraint:
    """Return the constraint that a column of text has no more than `LONGEST_TEXT` characters."""
    template = f"(length(%(expressions)s) <= {LONGEST_TEXT})"
    return CheckConstraint(condition=Q(Func(F(field), template=template, output_field=BooleanField())), name=name)


def _all_between(fields: tuple[str, ...], first: object, last: object) -> Q:
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__range": (first, last)})
    return condition

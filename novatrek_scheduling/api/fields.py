"""Serializer fields that accept exactly the values of the API's specification.

The framework's own fields also accept `"yes"` for true, an integer for an identifier and `20260105` for a date;
these refuse them, so that a client learns of its mistake.
"""

import re
from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.fields import empty

CANONICAL_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# ASCII digits only: the readers of stored values know no others.
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# RFC 3339; a missing offset is accepted here and refused with a message of its own.
ISO_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:[0-5]\d)?", re.ASCII)
INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2999, 12, 31)


def _is_from_query(field: serializers.Field[Any, Any, Any, Any]) -> bool:
    """True of a field of a query, where every value is text; in JSON values have types of their own."""
    return bool(getattr(field.root, "reads_query", False))


class UUIDField(serializers.UUIDField):
    """An identifier in its canonical form of 36 characters."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, UUID | str) or not CANONICAL_UUID.fullmatch(str(data)):
            self.fail("invalid", value=data)
        return UUID(str(data))


class DateField(serializers.DateField):
    """A date as YYYY-MM-DD, far enough from the ends of the calendar to compute with the dates around it."""

    TOO_FAR = f"Is not between {FIRST_DATE} and {LAST_DATE}."
    default_error_messages = {"too_far": TOO_FAR}

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail("invalid", format="YYYY-MM-DD")
        if not FIRST_DATE <= day <= LAST_DATE:
            self.fail("too_far")
        return day


class InstantField(serializers.DateTimeField):
    """A date and time with its UTC offset. The offset is kept, as it gives the local time of the place."""

    default_error_messages = {"naive": "Add the offset, such as +00:00.", "too_far": DateField.TOO_FAR}

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not ISO_INSTANT.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss±hh:mm")
        try:
            instant = parse_datetime(value)
        except ValueError:
            instant = None
        if instant is None:
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss±hh:mm")
        if instant.tzinfo is None:
            self.fail("naive")
        if not FIRST_DATE <= instant.date() <= LAST_DATE:
            self.fail("too_far")
        return instant


class BooleanField(serializers.BooleanField):
    """true or false: the JSON literal in a body, the word in a query."""

    WORDS = {"true": True, "false": False}

    def to_internal_value(self, data: Any) -> bool:
        if _is_from_query(self) and isinstance(data, str):
            data = self.WORDS.get(data)
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class IntegerField(serializers.IntegerField):
    """A whole number: a JSON number in a body, digits in a query."""

    def to_internal_value(self, data: Any) -> int:
        if _is_from_query(self):
            is_whole = isinstance(data, str) and bool(INTEGER.fullmatch(data))
        else:
            is_whole = isinstance(data, int | float) and not isinstance(data, bool) and data == int(data)
        if not is_whole:
            self.fail("invalid")
        return int(data)


class CharField(serializers.CharField):
    """Text; numbers are refused."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class URLField(serializers.URLField):
    """An address; numbers are refused."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class ChoiceField(serializers.ChoiceField):
    """One of a set of words."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return str(super().to_internal_value(data))


class CommaSeparatedField(serializers.ListField):
    """A list in one query parameter, its items separated by commas."""

    def get_value(self, dictionary: Any) -> Any:
        value = dictionary.get(self.field_name, empty)
        return value.split(",") if isinstance(value, str) else value


class UUIDMapField(serializers.DictField):
    """An object whose names are distinct identifiers in their canonical form."""

    def run_child_validation(self, data: Any) -> dict[Any, Any]:
        malformed = {name: ["Is not a UUID."] for name in data if not CANONICAL_UUID.fullmatch(str(name))}
        if malformed:
            raise serializers.ValidationError(malformed)
        # Two spellings of one identifier are two names in JSON: one of the values would silently be lost.
        spellings = Counter(UUID(name) for name in data)
        repeated = {name: ["Is there twice."] for name in data if spellings[UUID(name)] > 1}
        if repeated:
            raise serializers.ValidationError(repeated)
        values: dict[str, Any] = super().run_child_validation(data)
        return {UUID(name): value for name, value in values.items()}

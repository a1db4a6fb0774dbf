import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils.functional import lazystr
from django.utils.safestring import SafeString
from rest_framework.exceptions import ErrorDetail
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.serializer_helpers import ReturnDict

from conflicts.choices import Strategy
from conflicts.detection import Severity
from novatrek_scheduling.api.renderers import FastJSONRenderer

EVERYTHING: list[Any] = [
    {"id": UUID(int=7), "day": date(2027, 3, 28), "time": time(9, 30), "took": timedelta(minutes=90)},
    [
        datetime(2027, 3, 28, 1, 30, 0, 123456, UTC),
        datetime(2027, 3, 28, 1, 30, tzinfo=timezone(timedelta(hours=-7))),
        datetime(2027, 3, 28, 1, 30),  # noqa: DTZ001 (without an offset, on purpose)
    ],
    [Decimal("1.10"), 0.1, 1e22, -0.0, 2**63 - 1, 2**64, -(2**70), True, None],
    'Zürich \u2028 \U0001f6b6 "quoted" </script> \x7f \n',
    [SafeString("safe"), ErrorDetail("wrong", code="invalid"), lazystr("later"), Strategy.CLOSE_TRAIL, Severity.HIGH],
    [("a", "tuple"), ReturnDict({"of": "a serializer"}, serializer=None), {1: "a number as a name"}],
    {},
    [],
]


@pytest.mark.parametrize("value", EVERYTHING)
def test_values_are_written_as_the_framework_writes_them(value: Any) -> None:
    written = FastJSONRenderer().render(value, "application/json", {})

    assert json.loads(written) == json.loads(JSONRenderer().render(value, "application/json", {}))


def test_no_body_stays_none() -> None:
    assert FastJSONRenderer().render(None) == b""


@pytest.mark.parametrize(("media_type", "context"), [("application/json; indent=2", {}), (None, {"indent": 2})])
def test_a_client_may_ask_for_indented_json(media_type: str | None, context: dict[str, Any]) -> None:
    assert FastJSONRenderer().render({"a": 1}, media_type, context) == b'{\n  "a": 1\n}'


def test_what_cannot_be_written_is_an_error() -> None:
    with pytest.raises(TypeError):
        FastJSONRenderer().render({"a": object()})

"""Distortions: answers that are calm, on the contract where it is silent, and wrong."""

from collections.abc import Callable, Mapping
from typing import Any

from novatrek_scheduling.sandbox.siblings.switches import Mode

_TOTALS = frozenset({"total", "total_items", "total_count", "total_pages", "match_count"})

Distortion = Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any] | None]
"""A function of an answer and the switch's patch; None: not found."""


def _truncate(answer: dict[str, Any], _: Mapping[str, Any]) -> dict[str, Any]:
    return {key: [] if isinstance(value, list) else value for key, value in answer.items()}


def _empty(answer: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _without_totals(key, value) for key, value in _truncate(answer, patch).items()}


def _without_totals(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: _without_totals(inner, content) for inner, content in value.items()}
    return 0 if key in _TOTALS else value


def _forget(answer: dict[str, Any], _: Mapping[str, Any]) -> dict[str, Any] | None:
    return None if "id" in answer else answer


def _alter(answer: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    if "id" in answer:
        return {**answer, **patch}
    return {
        key: [_altered(entry, patch) for entry in value] if isinstance(value, list) else value
        for key, value in answer.items()
    }


def _altered(entity: Any, patch: Mapping[str, Any]) -> Any:
    return {**entity, **patch} if isinstance(entity, dict) else entity


DISTORTIONS: Mapping[Mode, Distortion] = {
    Mode.TRUNCATED: _truncate,
    Mode.EMPTY: _empty,
    Mode.FORGETFUL: _forget,
    Mode.ALTERED: _alter,
}

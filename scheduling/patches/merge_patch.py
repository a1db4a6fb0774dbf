"""JSON merge patches (RFC 7396)."""

from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """Return `target` merged with `patch`: objects merge by name, null removes, any other value replaces."""
    if not isinstance(patch, dict):
        return patch
    current = target if isinstance(target, dict) else {}
    kept = {name: value for name, value in current.items() if name not in patch}
    return kept | {name: merged(current.get(name), value) for name, value in patch.items() if value is not None}

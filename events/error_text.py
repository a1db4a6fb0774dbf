"""Text and JSON from elsewhere, in the form that PostgreSQL can keep."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

LONGEST_EXPLANATION = 2_000


def storable_text(text: str, limit: int = LONGEST_EXPLANATION) -> str:
    """At most `limit` characters of `text`, without NUL characters and halves of characters."""
    return text[:limit].replace("\x00", "\ufffd").encode(errors="replace").decode()


def explanation(error: BaseException) -> str:
    """What went wrong, with the kind of error where its text alone would not say."""
    return storable_text(f"{type(error).__name__}: {error}".removesuffix(": "))


def storable_json(document: dict[str, Any] | bytes) -> Any:
    """`document` as JSON that jsonb takes, or None where it isn't such."""
    try:
        value = json.loads(document) if isinstance(document, bytes) else document
        text = json.dumps(value, cls=DjangoJSONEncoder, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (ValueError, RecursionError):
        return None
    return None if "\\u0000" in text else value

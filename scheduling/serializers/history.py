"""Revisions of a daily schedule on the wire."""

from typing import Any

import orjson
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.serializers import PagedQuerySerializer, SparseSerializer, instant

_VALUE = {"type": "object", "properties": {"old": {}, "new": {}}}
_FIELDS = {"type": "object", "additionalProperties": _VALUE}
_ENTRY = {"type": "object", "properties": {"fields": _FIELDS, "old": {}, "new": {}}}
_ENTRIES = {"type": "object", "additionalProperties": _ENTRY}


@extend_schema_field(
    {
        "type": "object",
        "description": "By departure and by guide: an added or removed entry, or the fields that changed. "
        "Without `old` the value was absent before, without `new` it is now.",
        "properties": {
            "departures": _ENTRIES,
            "guide_adjustments": _ENTRIES,
            "document": _FIELDS,
            "published_at": _VALUE,
        },
    }
)
class ChangesField(serializers.JSONField):
    """The difference between two revisions, in the form in which the history stores it."""


class ScheduleRevisionSerializer(SparseSerializer):
    """The changes of one write, with its author and cause."""

    _rev = serializers.IntegerField(source="rev")
    author = serializers.CharField(help_text="The subject of a token, a person, a process, or a database role.")
    kind = serializers.CharField(help_text="The kind of author, such as dispatcher, event, request or sql.")
    process = serializers.CharField(required=False)
    run_id = serializers.UUIDField(required=False, help_text="The optimization run.")
    cause = serializers.CharField(allow_blank=True)
    changed_at = serializers.DateTimeField()
    changes = ChangesField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """By hand: differences are shown in the text in which they are stored, which nobody parses."""
        optional = {"process": instance.process, "run_id": instance.run_id and str(instance.run_id)}
        return {
            "_rev": instance.rev,
            "author": instance.author,
            "kind": instance.kind,
            **{name: value for name, value in optional.items() if value},
            "cause": instance.cause,
            "changed_at": instant(instance.changed_at),
            "changes": orjson.Fragment(instance.changes_text),
        }


class RevisionPageSerializer(SparseSerializer):
    """A page of revisions, the newest first."""

    revisions = ScheduleRevisionSerializer(many=True)
    next_page_token = serializers.CharField(required=False)


class RevisionQuerySerializer(PagedQuerySerializer):
    """The filters of the history."""

    departure_id = fields.UUIDField(
        required=False, help_text="Only revisions that changed this departure, with what they changed of it."
    )
    guide_id = fields.UUIDField(required=False, help_text="Only revisions that name this guide.")

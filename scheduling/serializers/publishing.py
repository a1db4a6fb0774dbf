"""Publishing on the wire: what is to be published, and what that would tell whom."""

from typing import Any

from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.serializers import SparseSerializer, StrictQuerySerializer, StrictSerializer
from scheduling.domain.document import Announcement, Departure, DepartureStatus
from scheduling.models import schedule_id_of
from scheduling.publication.notices import Notice, NoticeKind
from scheduling.publication.services import PublicationPreview
from scheduling.serializers.daily_schedules import AnnouncementSerializer

MAX_DEPARTURES = 1000
OF_A_REGION = "Only departures of this region."
NAMED = "Only these; each has to be a departure of the date, and of `region_id` where that is given."


class PublishRequestSerializer(StrictSerializer):
    """Which departures to publish; all of the date without `departure_ids` and `region_id`."""

    _rev = fields.IntegerField(required=False, min_value=1, help_text="The revision that you looked at.")
    departure_ids = serializers.ListField(
        child=fields.UUIDField(), required=False, min_length=1, max_length=MAX_DEPARTURES, help_text=NAMED
    )
    region_id = fields.UUIDField(required=False, help_text=OF_A_REGION)


class PublicationQuerySerializer(StrictQuerySerializer):
    departure_ids = fields.CommaSeparatedField(
        child=fields.UUIDField(), required=False, min_length=1, max_length=MAX_DEPARTURES, help_text=NAMED
    )
    region_id = fields.UUIDField(required=False, help_text=OF_A_REGION)


class PublicationDifferenceSerializer(SparseSerializer):
    """A departure that would be published: what people know of it, and what they would be told."""

    departure_id = serializers.UUIDField()
    trip_name = serializers.CharField()
    status = serializers.ChoiceField([status.value for status in DepartureStatus], help_text="After publishing.")
    last_told = AnnouncementSerializer(required=False, help_text="Absent: nothing yet.")
    would_tell = AnnouncementSerializer()


class GuideNoticeSerializer(SparseSerializer):
    """What one guide would be told."""

    guide_id = serializers.UUIDField()
    guide_name = serializers.CharField(required=False)
    kind = serializers.ChoiceField([kind.value for kind in NoticeKind])
    text = serializers.CharField(help_text="The departures in words, by the clocks of their regions.")
    departure_ids = serializers.ListField(child=serializers.UUIDField())


class PublicationPreviewSerializer(SparseSerializer):
    """What publishing would do now. Nothing of it is done yet."""

    schedule_id = serializers.UUIDField()
    schedule_date = serializers.DateField()
    _rev = serializers.IntegerField(min_value=1, help_text="Send it with the publication: 409 if it is stale then.")
    departures = PublicationDifferenceSerializer(many=True)
    notices = GuideNoticeSerializer(many=True)
    unstaffed = serializers.ListField(
        child=serializers.UUIDField(), help_text="Drafts that stay drafts because nobody leads them."
    )
    awaiting_approval = serializers.ListField(
        child=serializers.UUIDField(), help_text="Publishing these is a person's approval of their teams."
    )


def represent_preview(preview: PublicationPreview) -> dict[str, Any]:
    """A preview as the API shows it."""
    names = {member.guide_id: member.guide_name for each in preview.before.values() for member in each.team}
    return {
        "schedule_id": str(schedule_id_of(preview.day)),
        "schedule_date": preview.day.isoformat(),
        "_rev": preview.rev,
        "departures": [
            _difference(str(key), preview.before[key].published, after) for key, after in preview.departures.items()
        ],
        "notices": [_notice(notice, names.get(notice.guide_id)) for notice in preview.notices],
        "unstaffed": [str(key) for key in preview.unstaffed],
        "awaiting_approval": [str(key) for key in preview.awaiting_approval],
    }


def _difference(departure_id: str, last_told: Announcement | None, after: Departure) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "departure_id": departure_id,
        "trip_name": after.trip_name,
        "status": after.status.value,
        "would_tell": after.published and after.published.model_dump(mode="json"),
    }
    if last_told:
        shown["last_told"] = last_told.model_dump(mode="json")
    return shown


def _notice(notice: Notice, guide_name: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "guide_id": str(notice.guide_id),
        "kind": notice.kind.value,
        "text": notice.text,
        "departure_ids": [str(key) for key, _ in notice.departures],
    }
    if guide_name:
        shown["guide_name"] = guide_name
    return shown

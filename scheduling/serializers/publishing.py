"""Publishing on the wire: the departures to publish, and the preview of announcements and notices."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.overriding import OverrideField
from novatrek_scheduling.api.serializers import SparseSerializer, StrictQuerySerializer, StrictSerializer, instant
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.models import schedule_id_of
from scheduling.publication.notices import Notice, NoticeKind
from scheduling.publication.previews import PublicationPreview
from scheduling.rules import Rule
from scheduling.serializers.departures import AnnouncementSerializer

MAX_DEPARTURES = 1000
OF_A_REGION = "Only departures of this region."
NAMED = "Only these; each must be a departure of the date, and of `region_id` if that is given."


class PublishRequestSerializer(StrictSerializer):
    """The departures to publish; without `departure_ids` and `region_id` all of the date."""

    _rev = fields.IntegerField(
        required=False, min_value=1, help_text="The revision that the publication was decided on."
    )
    departure_ids = serializers.ListField(
        child=fields.UUIDField(), required=False, min_length=1, max_length=MAX_DEPARTURES, help_text=NAMED
    )
    region_id = fields.UUIDField(required=False, help_text=OF_A_REGION)
    override_warnings = OverrideField(
        help_text=(
            "Publish over broken rules and silence, but never over certificates, restrictions, overlap or rest. It "
            "needs the scope `scheduling:override`."
        ),
    )


class PublicationQuerySerializer(StrictQuerySerializer):
    """The departures to preview; without parameters all of the date."""

    departure_ids = fields.CommaSeparatedField(
        child=fields.UUIDField(), required=False, min_length=1, max_length=MAX_DEPARTURES, help_text=NAMED
    )
    region_id = fields.UUIDField(required=False, help_text=OF_A_REGION)


class BrokenRuleSerializer(SparseSerializer):
    """A hard rule that a departure breaks, by facts read for this preview."""

    rule = serializers.ChoiceField([rule.value for rule in Rule], help_text="The rule by its name.")
    message = serializers.CharField()
    can_be_overridden = serializers.BooleanField(help_text="Whether `override_warnings` publishes all the same.")


class HonouredRiskSerializer(SparseSerializer):
    """A hard rule that a departure breaks, which a person has accepted as a risk: no `override_warnings` is needed."""

    rule = serializers.ChoiceField([rule.value for rule in Rule], help_text="The rule by its name.")
    message = serializers.CharField()
    accepted_by = serializers.CharField(help_text="Who answers for the risk.")
    accepted_until = serializers.DateTimeField(help_text="Until when it is accepted.")
    reason = serializers.CharField(help_text="Why it was accepted.")


class PublicationDifferenceSerializer(SparseSerializer):
    """A departure that would be published: its last announcement and the new one."""

    departure_id = serializers.UUIDField()
    trip_name = serializers.CharField()
    status = serializers.ChoiceField([status.value for status in DepartureStatus], help_text="After publishing.")
    last_told = AnnouncementSerializer(required=False, help_text="Absent if there was none.")
    would_tell = AnnouncementSerializer()
    broken_rules = BrokenRuleSerializer(many=True, help_text="Empty where nothing stands against it.")
    accepted_risks = HonouredRiskSerializer(many=True, help_text="Broken rules that a person has accepted as risks.")
    to_approve = serializers.ListField(
        child=serializers.CharField(), help_text="What only a person can judge: notes of guides, unread certificates."
    )


class GuideNoticeSerializer(SparseSerializer):
    """The notice that a guide would receive."""

    guide_id = serializers.UUIDField()
    guide_name = serializers.CharField(required=False)
    kind = serializers.ChoiceField([kind.value for kind in NoticeKind])
    text = serializers.CharField(help_text="The departures in words, in the local times of their regions.")
    departure_ids = serializers.ListField(child=serializers.UUIDField())


class PublicationPreviewSerializer(SparseSerializer):
    """The effects of publishing now. A preview changes nothing."""

    schedule_id = serializers.UUIDField()
    schedule_date = serializers.DateField()
    _rev = serializers.IntegerField(min_value=1, help_text="Send it with the publication: 409 if stale by then.")
    departures = PublicationDifferenceSerializer(many=True)
    notices = GuideNoticeSerializer(many=True)
    unstaffed = serializers.ListField(
        child=serializers.UUIDField(), help_text="Drafts that stay drafts for want of a lead guide."
    )
    awaiting_approval = serializers.ListField(
        child=serializers.UUIDField(), help_text="Publishing these is a person's approval of their teams."
    )
    not_known = serializers.ListField(
        child=serializers.CharField(), help_text="What could not be judged, because a sibling did not answer."
    )


def represent_preview(preview: PublicationPreview) -> dict[str, Any]:
    """A preview as the API shows it."""
    names = {member.guide_id: member.guide_name for departure in preview.before.values() for member in departure.team}
    return {
        "schedule_id": str(schedule_id_of(preview.day)),
        "schedule_date": preview.day.isoformat(),
        "_rev": preview.rev,
        "departures": [_represent_change(key, after, preview) for key, after in preview.departures.items()],
        "notices": [_represent_notice(notice, names.get(notice.guide_id)) for notice in preview.notices],
        "unstaffed": [str(key) for key in preview.unstaffed],
        "awaiting_approval": [str(key) for key in preview.awaiting_approval],
        "not_known": list(preview.judgement.not_known),
    }


def _represent_change(departure_id: UUID, after: Departure, preview: PublicationPreview) -> dict[str, Any]:
    last_told = preview.before[departure_id].published
    representation: dict[str, Any] = {
        "departure_id": str(departure_id),
        "trip_name": after.trip_name,
        "status": after.status.value,
        "would_tell": after.published and after.published.model_dump(mode="json"),
        "broken_rules": [
            {"rule": v.rule.value, "message": v.message, "can_be_overridden": not v.rule.is_never_overridden}
            for v in preview.judgement.violations
            if v.departure_id == departure_id and v not in preview.judgement.honoured
        ],
        "accepted_risks": [
            {
                "rule": v.rule.value,
                "message": v.message,
                "accepted_by": risk.owner,
                "accepted_until": instant(risk.expires_at),
                "reason": risk.reason,
            }
            for v, risk in preview.judgement.honoured.items()
            if v.departure_id == departure_id
        ],
        "to_approve": list(preview.judgement.reasons.get(departure_id, ())),
    }
    if last_told:
        representation["last_told"] = last_told.model_dump(mode="json")
    return representation


def _represent_notice(notice: Notice, guide_name: str | None) -> dict[str, Any]:
    representation: dict[str, Any] = {
        "guide_id": str(notice.guide_id),
        "kind": notice.kind.value,
        "text": notice.text,
        "departure_ids": [str(key) for key, _ in notice.departures],
    }
    if guide_name:
        representation["guide_name"] = guide_name
    return representation

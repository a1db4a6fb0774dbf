"""Housekeeping of the outbox."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from events.models import OutboxMessage

KEEP_SENT = timedelta(days=7)
# As long as somebody may still replay its dead letter.
KEEP_FAILED = timedelta(days=90)


@shared_task(name="events.purge_outbox", soft_time_limit=300, time_limit=360)
def purge_outbox_task() -> None:
    """Delete what was sent more than a week ago, and what failed too long ago to be replayed."""
    now = timezone.now()
    OutboxMessage.objects.filter(sent_at__lt=now - KEEP_SENT).delete()
    OutboxMessage.objects.filter(failed_at__lt=now - KEEP_FAILED).delete()

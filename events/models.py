"""Outgoing messages, received events, and dead letters."""

import uuid
from datetime import datetime

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from novatrek_scheduling.readable import spelled

WAKE_CHANNEL = "scheduling_outbox"
KEY_LENGTH = 200
INSERT_IF_NEW = """
    INSERT INTO inbox (event_id, event_type, topic, partition, "offset", produced_at, received_at)
    VALUES (%(event_id)s, %(event_type)s, %(topic)s, %(partition)s, %(offset)s,
            %(produced_at)s, %(received_at)s)
    ON CONFLICT (event_id) DO NOTHING
"""


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def unsent(self) -> "OutboxQuerySet":
        """Messages neither sent nor turned into dead letters."""
        return self.filter(sent_at=None, failed_at=None)

    def due(self, destination: str, at: datetime) -> "OutboxQuerySet":
        """Unsent messages of `destination` that may be sent at `at`, oldest first.

        A message is not due while an earlier one of its key awaits a retry.
        """
        retried = OutboxMessage.objects.unsent().filter(destination=destination, attempts__gt=0)
        before = retried.filter(key=models.OuterRef("key"), id__lte=models.OuterRef("id"), next_attempt_at__gt=at)
        return self.unsent().filter(~models.Exists(before), destination=destination).order_by("id")


class OutboxMessage(models.Model):
    """An outgoing message, written in the transaction of the change that it reports.

    The messages of one (destination, key) are sent in the order of their ids. `body`, if set, is sent in
    place of `payload`: foreign bytes, unchanged. `host` is that of `url`, so that the relay can skip the
    messages of a slow host.
    """

    message_id = models.UUIDField(default=uuid.uuid4, editable=False)
    destination = models.CharField(max_length=100)
    key = models.CharField(max_length=KEY_LENGTH)
    kind = models.CharField(max_length=200)
    payload = models.JSONField(encoder=DjangoJSONEncoder, default=dict, blank=True)
    body = models.BinaryField(null=True, blank=True)
    url = models.TextField(blank=True, default="")
    host = models.CharField(max_length=255, blank=True, default="")
    headers = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now, db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")

    objects = OutboxQuerySet.as_manager()

    class Meta:
        db_table = "outbox"
        verbose_name = "outgoing message"
        indexes = [
            models.Index(
                fields=["destination", "id"],
                condition=models.Q(sent_at=None, failed_at=None),
                name="idx_outbox_unsent",
            ),
            models.Index(
                fields=["destination", "key", "id"],
                condition=models.Q(sent_at=None, failed_at=None),
                name="idx_outbox_unsent_by_key",
            ),
            # For the sub-query of `due`: it holds few rows even when a million messages are unsent.
            models.Index(
                fields=["destination", "key", "id"],
                condition=models.Q(sent_at=None, failed_at=None, attempts__gt=0),
                name="idx_outbox_retried",
            ),
            # Whoever waits for a message asks by this id, several times a second.
            models.Index(fields=["message_id"], name="idx_outbox_message"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="wake_relays",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=f"PERFORM pg_notify('{WAKE_CHANNEL}', ''); RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return _("%(kind)s for %(destination)s") % {"kind": _(spelled(self.kind)), "destination": self.destination}


class InboxManager(models.Manager["InboxMessage"]):
    def claim(self, message: "InboxMessage") -> bool:
        """Insert `message`; return False if its event was stored before.

        A concurrent transaction with the same event waits here for the first one to end.
        """
        columns = ("event_id", "event_type", "topic", "partition", "offset", "produced_at", "received_at")
        values = {column: getattr(message, column) for column in columns}
        with connection.cursor() as cursor:
            cursor.execute(INSERT_IF_NEW, values)
            return bool(cursor.rowcount)


class InboxMessage(models.Model):
    """A handled event; its unique id makes a second delivery have no effect."""

    event_id = models.UUIDField()
    event_type = models.CharField(max_length=100)
    topic = models.CharField(max_length=200)
    partition = models.IntegerField()
    offset = models.BigIntegerField()
    produced_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = InboxManager()

    class Meta:
        db_table = "inbox"
        verbose_name = "received event"
        constraints = [models.UniqueConstraint(fields=["event_id"], name="uq_inbox_event")]
        indexes = [models.Index(fields=["-received_at"], name="idx_inbox_received")]

    def __str__(self) -> str:
        when = date_format(timezone.localtime(self.received_at), "DATETIME_FORMAT")
        return _("%(kind)s, received %(when)s") % {"kind": _(spelled(self.event_type)), "when": when}


class DeadLetterQuerySet(models.QuerySet["DeadLetter"]):
    def open(self) -> "DeadLetterQuerySet":
        """Dead letters neither replayed nor discarded."""
        return self.filter(replayed_at=None, discarded_at=None)


class DeadLetter(models.Model):
    """A message that could be neither sent nor handled; a person replays or discards it, once."""

    source = models.CharField(max_length=200)
    key = models.CharField(max_length=KEY_LENGTH, blank=True, default="")
    reason = models.TextField()
    payload = models.JSONField(encoder=DjangoJSONEncoder, null=True, blank=True)
    original = models.BinaryField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, db_default=Now())
    replayed_at = models.DateTimeField(null=True, blank=True)
    replayed_by = models.CharField(max_length=150, blank=True, default="")
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.CharField(max_length=150, blank=True, default="")

    objects = DeadLetterQuerySet.as_manager()

    class Meta:
        db_table = "dead_letters"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["source", "id"],
                condition=models.Q(replayed_at=None, discarded_at=None),
                name="idx_dead_letters_open",
            )
        ]
        permissions = [("settle_deadletter", "Can replay and discard dead letters")]

    def __str__(self) -> str:
        return f"{self.source} {self.key}".strip()

    @property
    def is_open(self) -> bool:
        return self.replayed_at is None and self.discarded_at is None

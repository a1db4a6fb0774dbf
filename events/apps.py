from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from events.models import OutboxMessage
    from events.producer import EventProducer


class EventsConfig(AppConfig):
    """Outbox, inbox and dead letters. Other apps register with it; it knows none of them."""

    name = "events"

    def ready(self) -> None:
        from events import outbox
        from events.dead_letters import register_replay
        from events.inbox import handle_dead_letter
        from events.kafka import DESTINATION as KAFKA
        from events.kafka import RECEIVED_TOPICS
        from events.metrics import read_lags
        from events.webhooks import DESTINATION as CALLBACK
        from events.webhooks import deliver_callback
        from novatrek_scheduling.operations.metrics import register_gauges

        outbox.add_destination(outbox.Destination(KAFKA, _send_to_kafka, batch_size=500, concurrency=1, gives_up=False))
        outbox.register_destination(CALLBACK, deliver_callback)
        register_replay(outbox.DEAD_LETTER_SOURCE, outbox.requeue)
        for topic in RECEIVED_TOPICS:
            register_replay(topic, handle_dead_letter)
        register_gauges(read_lags)


def _send_to_kafka(messages: "Sequence[OutboxMessage]") -> dict[int, Exception]:
    return _producer().deliver(messages)


@cache
def _producer() -> "EventProducer":
    # Kafka's client is loaded by the process that sends; a command does without.
    from events.producer import EventProducer

    return EventProducer()

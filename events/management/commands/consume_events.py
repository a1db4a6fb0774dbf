import signal
from typing import Any

from django.core.management.base import BaseCommand

from events.consumer import EventConsumer


class Command(BaseCommand):
    """Consume the events of other services. Any number of consumers may run at once."""

    help = "Consume events from Kafka until SIGTERM or SIGINT."

    def handle(self, *_args: Any, **_options: Any) -> None:
        consumer = EventConsumer()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: consumer.stop())
        consumer.run()

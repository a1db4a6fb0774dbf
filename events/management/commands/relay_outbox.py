import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events.relay import Relay


class Command(BaseCommand):
    """Deliver the messages of the outbox. Any number of relays may run at once."""

    help = "Deliver outgoing messages to Kafka, clients and sibling services, until SIGTERM or SIGINT."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="deliver all messages that are due, then exit")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        relay = Relay()
        if once:
            self.stdout.write(f"{relay.drain()} messages delivered")
            return
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: relay.stop())
        relay.run()

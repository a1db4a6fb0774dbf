"""The events published on a Kafka topic from a given moment on."""

import json
from typing import Any

from confluent_kafka import Consumer, TopicPartition

_BROKER_TIMEOUT_SECONDS = 10.0
_POLL_SECONDS = 0.1


class EventTail:
    """A reader of the events published on a topic after its creation, without a group and thus without rebalances."""

    def __init__(self, bootstrap_servers: str, topic: str) -> None:
        options = {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "sandbox",
            "enable.auto.commit": False,
            "log_level": 0,
        }
        self._topic = topic
        self._consumer = Consumer(options)
        self._assign({number: self._end_of(number) for number in self._partitions()})

    def poll(self) -> dict[str, Any] | None:
        """Return the next event, or None if there is none yet."""
        if not self._is_assigned:
            # A topic created by its first event is read from its beginning.
            self._assign(dict.fromkeys(self._partitions(), 0))
        message = self._consumer.poll(_POLL_SECONDS)
        if message is None or message.error():
            return None
        event: dict[str, Any] = json.loads(message.value() or b"{}")
        return event

    def close(self) -> None:
        """Disconnect from the broker."""
        self._consumer.close()

    def _partitions(self) -> list[int]:
        metadata = self._consumer.list_topics(self._topic, timeout=_BROKER_TIMEOUT_SECONDS)
        return list(metadata.topics[self._topic].partitions)

    def _end_of(self, number: int) -> int:
        partition = TopicPartition(self._topic, number)
        _, end = self._consumer.get_watermark_offsets(partition, timeout=_BROKER_TIMEOUT_SECONDS)
        return int(end)

    def _assign(self, offsets: dict[int, int]) -> None:
        self._is_assigned = bool(offsets)
        if offsets:
            self._consumer.assign([TopicPartition(self._topic, *pair) for pair in offsets.items()])

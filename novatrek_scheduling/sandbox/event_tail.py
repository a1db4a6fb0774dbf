"""Reading what is published on a Kafka topic from a moment on."""

import json
from typing import Any

from confluent_kafka import Consumer, TopicPartition

_ANSWER_WITHIN_SECONDS = 10.0
_WAIT_SECONDS = 0.1


class EventTail:
    """What is published on a topic after this was made. It joins no group, so it waits for no rebalance."""

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
        """The next event, or None when there is none yet."""
        if not self._is_assigned:
            # A topic that appears with its first event is read from its beginning.
            self._assign(dict.fromkeys(self._partitions(), 0))
        message = self._consumer.poll(_WAIT_SECONDS)
        if message is None or message.error():
            return None
        event: dict[str, Any] = json.loads(message.value() or b"{}")
        return event

    def close(self) -> None:
        self._consumer.close()

    def _partitions(self) -> list[int]:
        found = self._consumer.list_topics(self._topic, timeout=_ANSWER_WITHIN_SECONDS)
        return list(found.topics[self._topic].partitions)

    def _end_of(self, number: int) -> int:
        partition = TopicPartition(self._topic, number)
        _, end = self._consumer.get_watermark_offsets(partition, timeout=_ANSWER_WITHIN_SECONDS)
        return int(end)

    def _assign(self, offsets: dict[int, int]) -> None:
        self._is_assigned = bool(offsets)
        if offsets:
            self._consumer.assign([TopicPartition(self._topic, *pair) for pair in offsets.items()])

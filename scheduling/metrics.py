"""Counters of writes of daily schedules, under the names that operations watches."""

from prometheus_client import Counter

schedule_writes = Counter("schedule_patch_success", "Daily schedules written.")
schedule_write_retries = Counter("schedule_patch_retry", "Writes tried again after a concurrent write.")
schedule_writes_exhausted = Counter("schedule_patch_retry_exhausted", "Writes given up after every retry.")
schedule_put_deprecated_usage = Counter(
    "schedule_put_deprecated_usage", "Calls of what is retired; the log names the callers.", ["operation"]
)
adjustments_refused = Counter(
    "schedule_adjustments_refused", "Writes of guide_adjustments by others than their owner, by who refused.", ["layer"]
)
guide_enrichment_nullified = Counter(
    "guide_enrichment_nullified_count", "Guides whose notes or preferences were there before a write and not after it."
)
# From the start at 0, and not first seen at 1: an alert rule looks at what was added.
for _layer in ("service", "trigger"):
    adjustments_refused.labels(_layer)

"""Counters of writes of daily schedules, under the names that the dashboards and alert rules use."""

from prometheus_client import Counter

schedule_writes = Counter("schedule_patch_success", "Daily schedules written.")
schedule_write_retries = Counter("schedule_patch_retry", "Writes retried after a concurrent write.")
schedule_writes_exhausted = Counter("schedule_patch_retry_exhausted", "Writes abandoned after the last retry.")
schedule_put_deprecated_usage = Counter(
    "schedule_put_deprecated_usage", "Calls of retired operations; the log names the callers.", ["operation"]
)
adjustments_refused = Counter(
    "schedule_adjustments_refused",
    "Refused writes of guide_adjustments by others than their owner, by the refusing layer.",
    ["layer"],
)
guide_enrichment_nullified = Counter(
    "guide_enrichment_nullified_count",
    "Guides whose notes or preferences were present before a write and absent after it.",
)
# Initialised to 0, because an alert rule on increase() misses a counter that first appears at 1.
for _layer in ("service", "trigger"):
    adjustments_refused.labels(_layer)

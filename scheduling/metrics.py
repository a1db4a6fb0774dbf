"""What is counted about writes of daily schedules, under the names that operations watches."""

from prometheus_client import Counter

schedule_writes = Counter("schedule_patch_success", "Daily schedules written.")
schedule_write_retries = Counter("schedule_patch_retry", "Writes tried again because somebody else was faster.")
schedule_writes_exhausted = Counter("schedule_patch_retry_exhausted", "Writes given up after every retry.")

"""Metrics of the calls to siblings."""

from prometheus_client import Counter, Gauge, Histogram

REQUEST_SECONDS = Histogram(
    "sibling_request_seconds",
    "Time until a sibling's answer was read, or the attempt was given up.",
    ["sibling", "operation"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0),
)
FAILURES = Counter(
    "sibling_failures",
    "Attempts that got no answer, or one off the contract.",
    ["sibling", "operation", "reason"],
)
CACHE_LOOKUPS = Counter(
    "sibling_cache_lookups",
    "Answers of siblings looked for in the cache.",
    ["sibling", "result"],
)
CIRCUIT_OPEN = Gauge(
    "sibling_circuit_open",
    "1 while a process makes no calls to a sibling because its last calls failed.",
    ["sibling"],
    multiprocess_mode="livemax",
)

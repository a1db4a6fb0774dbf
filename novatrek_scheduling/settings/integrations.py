"""Settings of the systems outside: Kafka, sibling services, callbacks and notifications."""

from uuid import NAMESPACE_URL, uuid5

from novatrek_scheduling.environment import env
from novatrek_scheduling.settings.api import SANDBOX

__all__ = [
    "CALLBACK_ALLOW_HTTP",
    "CALLBACK_ALLOW_PRIVATE",
    "CALLBACK_SIGNING_SECRET",
    "KAFKA_BOOTSTRAP_SERVERS",
    "NOTIFICATION_CHANNEL",
    "NOTIFICATION_TEMPLATES",
    "OPERATIONS_RECIPIENT_ID",
    "SIBLING_READ_SECONDS",
    "SIBLING_TOKEN",
    "SIBLING_URLS",
    "SNAPSHOT_DEADLINE_SECONDS",
]

KAFKA_BOOTSTRAP_SERVERS = env.str("KAFKA_BOOTSTRAP_SERVERS")

SIBLING_URLS = {
    "svc-trip-catalog": env.http_url("TRIP_CATALOG_URL"),
    "svc-guide-management": env.http_url("GUIDE_MANAGEMENT_URL"),
    "svc-trail-management": env.http_url("TRAIL_MANAGEMENT_URL"),
    "svc-weather": env.http_url("WEATHER_URL"),
    "svc-location-services": env.http_url("LOCATION_SERVICES_URL"),
    "svc-notifications": env.http_url("NOTIFICATIONS_URL"),
    "svc-analytics": env.http_url("ANALYTICS_URL"),
}
# The longest time for one answer of a sibling to a question.
SIBLING_READ_SECONDS = env.float("SIBLING_READ_SECONDS", default=2.0)
SIBLING_TOKEN = env.str("SIBLING_TOKEN")
# The longest reading of a snapshot: by a worker, and where somebody waits. How long it takes grows with the company.
# `names`: a calendar is served without the names of places rather than late.
SNAPSHOT_DEADLINE_SECONDS = {
    "worker": env.float("SNAPSHOT_WORKER_SECONDS", default=3.5),
    "interactive": env.float("SNAPSHOT_INTERACTIVE_SECONDS", default=1.5),
    "names": 0.6,
}

# The secret shared with the receivers of callbacks: whsec_ and base64 (Standard Webhooks).
_SANDBOX_SIGNING_SECRET = {"default": "whsec_bm92YXRyZWstc2FuZGJveC1jYWxsYmFja3M="} if SANDBOX else {}
CALLBACK_SIGNING_SECRET = env.signing_secret("CALLBACK_SIGNING_SECRET", **_SANDBOX_SIGNING_SECRET)
CALLBACK_ALLOW_HTTP = SANDBOX
# Loopback and private addresses for callbacks, in the sandbox only.
CALLBACK_ALLOW_PRIVATE = SANDBOX and env.bool("CALLBACK_ALLOW_PRIVATE", default=False)

# The ids of this service's templates in svc-notifications can be overridden one by one.
_NOTIFICATIONS = (
    "guide_assigned",
    "guide_released",
    "guide_rescheduled",
    "guide_role_changed",
    "guide_cancelled",
    "guest_cancelled",
    "guest_rescheduled",
    "guest_seated",
    "guest_without_place",
    "operations_alert",
)
NOTIFICATION_TEMPLATES = {
    name: env.str(
        f"NOTIFICATION_TEMPLATE_{name.upper()}",
        default=str(uuid5(NAMESPACE_URL, f"https://novatrek.example.com/templates/{name}")),
    )
    for name in _NOTIFICATIONS
}
NOTIFICATION_CHANNEL = env.str("NOTIFICATION_CHANNEL", default="PUSH")
OPERATIONS_RECIPIENT_ID = env.str(
    "OPERATIONS_RECIPIENT_ID", default=str(uuid5(NAMESPACE_URL, "https://novatrek.example.com/operations"))
)

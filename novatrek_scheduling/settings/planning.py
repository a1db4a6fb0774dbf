"""Settings of planning: time limits, leases, and the nightly horizon."""

from novatrek_scheduling.environment import env, time_of_day

__all__ = [
    "AUTO_PUBLISH_REQUESTS",
    "FOLLOW_CATALOG_AT_ONCE",
    "JOIN_PATIENCE_SECONDS",
    "LOCK_CACHE_SECONDS",
    "MAX_AWAY_GUIDES_SHARE",
    "MAX_LOST_RECORDS",
    "MAX_LOST_RECORDS_SHARE",
    "MAX_UNSTAFFED_BY_MACHINE",
    "MAX_UNSTAFFED_SHARE_BY_MACHINE",
    "MONITOR_DEADLINE_SECONDS",
    "MONITOR_INTERVAL_SECONDS",
    "MONITOR_TIME_LIMIT_SECONDS",
    "NIGHTLY_OPTIMIZATION_AT",
    "PLANNING_HORIZON_DAYS",
    "QUESTION_BUDGET_SECONDS",
    "REQUEST_LEASE_SECONDS",
    "REQUEST_PATIENCE_SECONDS",
    "REQUEST_SCORE_WEIGHTS",
    "REQUEST_SOLVER_TIME_LIMIT_SECONDS",
    "RESOLUTION_OPTIONS_SECONDS",
    "SAFETY_FACTS_MAX_AGE_SECONDS",
    "SOLVER_TIME_LIMIT_SECONDS",
    "TASK_SOFT_TIME_LIMIT_SECONDS",
    "TASK_TIME_LIMIT_SECONDS",
    "VISIBILITY_TIMEOUT_SECONDS",
]

SOLVER_TIME_LIMIT_SECONDS = env.int("SOLVER_TIME_LIMIT_SECONDS", default=20)
REQUEST_SOLVER_TIME_LIMIT_SECONDS = env.int("REQUEST_SOLVER_TIME_LIMIT_SECONDS", default=5)
# Time within which a waiting client gets the best recommendation found so far.
QUESTION_BUDGET_SECONDS = env.float("QUESTION_BUDGET_SECONDS", default=2.0)
# The longest search for the options of a conflict, all strategies together.
RESOLUTION_OPTIONS_SECONDS = env.float("RESOLUTION_OPTIONS_SECONDS", default=2.0)
REQUEST_SCORE_WEIGHTS = {"team": 50, "trail": 20, "weather": 20, "headroom": 10}
TASK_SOFT_TIME_LIMIT_SECONDS = env.int("TASK_SOFT_TIME_LIMIT_SECONDS", default=120)
TASK_TIME_LIMIT_SECONDS = env.int("TASK_TIME_LIMIT_SECONDS", default=180)
VISIBILITY_TIMEOUT_SECONDS = env.int("VISIBILITY_TIMEOUT_SECONDS", default=3600)
# Maximal wait for an equal run in progress; it leaves a task enough time to solve the problem itself afterwards.
JOIN_PATIENCE_SECONDS = env.int("JOIN_PATIENCE_SECONDS", default=45)
# A machine publishes on facts about safety that were read for the decision, at most this long before.
SAFETY_FACTS_MAX_AGE_SECONDS = env.int("SAFETY_FACTS_MAX_AGE_SECONDS", default=30)
# A machine leaves at most so many published departures of a date without a team, in number or share, whichever is more.
MAX_UNSTAFFED_BY_MACHINE = env.int("MAX_UNSTAFFED_BY_MACHINE", default=2)
MAX_UNSTAFFED_SHARE_BY_MACHINE = env.float("MAX_UNSTAFFED_SHARE_BY_MACHINE", default=0.1)
# Of a sibling's list so many records may be off the contract or missing, in number or share, whichever is more; beyond
# that the list counts as no answer.
MAX_LOST_RECORDS = env.int("MAX_LOST_RECORDS", default=2)
MAX_LOST_RECORDS_SHARE = env.float("MAX_LOST_RECORDS_SHARE", default=0.2)
# Of the guides who can work, this share may be away on one date; beyond that the answer counts as none.
MAX_AWAY_GUIDES_SHARE = env.float("MAX_AWAY_GUIDES_SHARE", default=0.6)
# Whether published departures follow the catalog without a person: when they leave, and whether they do.
FOLLOW_CATALOG_AT_ONCE = env.bool("FOLLOW_CATALOG_AT_ONCE", default=False)
# Longer than any task: the presence of a killed optimizer expires, that of a running one does not.
LOCK_CACHE_SECONDS = TASK_TIME_LIMIT_SECONDS + 60

# A failed worker holds its request no longer than the lease; a slow one writes nothing after it.
REQUEST_LEASE_SECONDS = env.int("REQUEST_LEASE_SECONDS", default=30)
# A request that waits longer is queued again with priority, since its message may be lost.
REQUEST_PATIENCE_SECONDS = env.int("REQUEST_PATIENCE_SECONDS", default=60)

NIGHTLY_OPTIMIZATION_AT = time_of_day("NIGHTLY_OPTIMIZATION_AT", default="02:00")
PLANNING_HORIZON_DAYS = env.int("PLANNING_HORIZON_DAYS", default=14)
AUTO_PUBLISH_REQUESTS = env.bool("AUTO_PUBLISH_REQUESTS", default=True)

# How often everything that published and planned departures rest on is read again, and the time for the reading.
MONITOR_INTERVAL_SECONDS = env.int("MONITOR_INTERVAL_SECONDS", default=300)
MONITOR_DEADLINE_SECONDS = env.float("MONITOR_DEADLINE_SECONDS", default=60.0)
# The time for a whole pass; what it stored by then stays, and the next one begins anew.
MONITOR_TIME_LIMIT_SECONDS = env.int("MONITOR_TIME_LIMIT_SECONDS", default=240)

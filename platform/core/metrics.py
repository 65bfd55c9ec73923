"""What is counted, declared once. Labels are names from the code: never a path, a person or an amount.

With `PROMETHEUS_MULTIPROC_DIR` set, the processes of one server share their counts through files in that folder.
"""

from __future__ import annotations

import os
from pathlib import Path

if _shared := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(_shared).mkdir(parents=True, exist_ok=True)

from prometheus_client import Counter, Histogram

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("xielian_requests", "Requests by view, method and status.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram("xielian_request_seconds", "Duration of requests by view.", ["view"], buckets=SECONDS)
COMMANDS = Counter("xielian_commands", "Commands by operation and result.", ["operation", "result"])
LEDGER = Counter("xielian_ledger_transactions", "Transactions of the ledger, committed, by kind and phase.", ["kind", "phase"])  # fmt: skip
TASKS = Counter("xielian_tasks", "Jobs by name and result.", ["task", "result"])
TASK_SECONDS = Histogram("xielian_task_seconds", "Duration of jobs by name.", ["task"], buckets=SECONDS)
LIMITED = Counter("xielian_rate_limited", "Requests refused by a rate limit, by its name.", ["limit"])
WEBHOOKS = Counter("xielian_webhook_attempts", "Attempts to deliver a webhook, by result.", ["result"])
SIGN_IN_FAILURES = Counter("xielian_sign_in_failures", "Sign-ins that failed, by the step that did.", ["step"])

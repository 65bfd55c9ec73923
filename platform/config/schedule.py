"""Every periodic job, one line each. A job finds what is due and starts one small task per item."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

MINUTE = 60.0


def job(task: str, when: float | crontab) -> dict[str, Any]:
    """One line of the schedule: a task, and seconds between two turns or a time of day in China."""
    return {"task": task, "schedule": when}


SCHEDULE: dict[str, dict[str, Any]] = {
    "tell that a worker works": job("ops.heartbeat", 30.0),
    "deliver what the outbox still holds": job("outbox.sweep", MINUTE),
    "place new entries in the book": job("book.sequence", MINUTE),
    "sign the head of the book": job("book.checkpoint", 20.0),
    "weigh documents that have no weights": job("search.weigh", MINUTE),
    "learn what the library's words mean": job("search.learn", crontab(hour="1", minute="40")),
    "read the whole book": job("book.verify", crontab(hour="3", minute="30")),
    "end holds whose time is over": job("ledger.expire_holds", MINUTE),
    "replay the whole ledger": job("ledger.verify", crontab(hour="3", minute="45")),
    "watch for what must be noticed": job("checks.watch", 5 * MINUTE),
    "scan files that wait": job("files.scan_waiting", MINUTE),
    "send webhooks that are due": job("webhooks.send_due", MINUTE),
    "forget what was kept about people for a time": job("accounts.forget_old", crontab(hour="4", minute="20")),
    "forget old webhook messages": job("webhooks.forget_old", crontab(hour="4", minute="15")),
    "mail what happened": job("inbox.mail_notifications", MINUTE),
    "mark unpaid parts of a fund's calls as late": job("benefits.mark_late_calls", 30 * MINUTE),
    "open due survey rounds": job("needs.open_due_surveys", 30 * MINUTE),
    "tell what is new in saved searches": job("needs.tell_searches", 15 * MINUTE),
    "mark needs that nobody confirmed in time": job("needs.review_due", 30 * MINUTE),
    "group complaints anew": job("needs.regroup_complaints", crontab(hour="2", minute="40")),
    "mail personal links of surveys": job("needs.mail_survey_links", MINUTE),
    "look for bids that repeat other work": job("needs.compare_bids", crontab(hour="2", minute="5")),
    "look for research that is done twice": job("needs.find_duplicates", crontab(hour="2", minute="15")),
    "look for opportunities across chains": job("needs.find_opportunities", 10 * MINUTE),
    "close challenges at their deadline": job("needs.close_challenges", MINUTE),
    "end notices of proposed awards": job("needs.end_notices", MINUTE),
    "summon the panels of gates that are due": job("projects.open_due_gate_reviews", 30 * MINUTE),
    "let conditions lapse": job("projects.lapse_conditions", 30 * MINUTE),
    "remind of what waits": job("inbox.remind", 30 * MINUTE),
}

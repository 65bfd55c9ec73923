"""What the room's operations are called in a history."""

from django.utils.translation import gettext_lazy as _

from core import book

for _operation, _words in {
    "open_agreement": _("opened the share agreement"),
    "propose_version": _("proposed a share table"),
    "sign_agreement": _("signed the share agreement"),
    "record_income": _("recorded an income"),
    "settle_income": _("settled an income"),
    "instruct_payment": _("instructed a payment"),
    "confirm_payment": _("confirmed a payment"),
    "reconcile_payment": _("reconciled a payment"),
    "raise_dispute": _("asked about a statement"),
    "close_dispute": _("closed the question about a statement"),
    "mark_late_call": _("marked a part of a call as late"),
    "open_fund": _("opened the risk fund"),
    "agree_to_fund": _("agreed to the risk fund"),
    "refuse_fund": _("refused the risk fund"),
    "call_fund": _("called the fund's parties"),
    "record_call_payment": _("recorded a payment into the fund"),
    "open_claim": _("opened a claim"),
    "add_claim_evidence": _("added evidence to the claim"),
    "submit_claim": _("submitted the claim"),
    "return_claim": _("returned the claim"),
    "pay_claim": _("paid the claim"),
    "reject_claim": _("rejected the claim"),
    "record_continuation": _("recorded who goes on"),
}.items():
    book.label(_operation, _words)

"""Reactions to news: which of it organisations may ask for by webhook."""

from django.utils.translation import gettext_lazy as _

from benefits.events import AgreementInForce, ClaimPaid, IncomeSettled
from core import webhooks

webhooks.offer(
    AgreementInForce,
    _("A share agreement came into force"),
    model="benefits.ShareAgreement",
    id_field="agreement_id",
    rest="agreement",
)
webhooks.offer(
    IncomeSettled, _("An income was settled"), model="benefits.Settlement", id_field="settlement_id", rest="settlement"
)
webhooks.offer(
    ClaimPaid, _("A claim on a risk fund was paid"), model="benefits.Claim", id_field="claim_id", rest="claim"
)

"""Addresses of benefit and risk."""

from django.urls import path

from benefits.web import agreements, funds

app_name = "benefits"

urlpatterns = [
    path("agreements/", agreements.list_agreements, name="agreements"),
    path("agreements/<uuid:pk>/", agreements.agreement_page, name="agreement"),
    path("agreements/<uuid:pk>/propose/", agreements.propose_version, name="propose_version"),
    path("versions/<uuid:pk>/sign/", agreements.sign_agreement, name="sign_agreement"),
    path("agreements/<uuid:pk>/income/", agreements.record_income, name="record_income"),
    path("incomes/<uuid:pk>/settle/", agreements.settle_income, name="settle_income"),
    path("settlements/<uuid:pk>/", agreements.settlement_page, name="settlement"),
    path("statements/", agreements.list_statements, name="statements"),
    path("statements/<uuid:pk>/instruct/", agreements.instruct_payment, name="instruct_payment"),
    path("statements/<uuid:pk>/confirm/", agreements.confirm_payment, name="confirm_payment"),
    path("statements/<uuid:pk>/reconcile/", agreements.reconcile_payment, name="reconcile_payment"),
    path("tranches/", agreements.list_tranches, name="tranches"),
    path("funds/", funds.list_funds, name="funds"),
    path("funds/new/", funds.open_fund, name="open_fund"),
    path("funds/<uuid:pk>/", funds.fund_page, name="fund"),
    path("funds/<uuid:pk>/call/", funds.call_fund, name="call_fund"),
    path("calls/<uuid:pk>/pay/", funds.record_call_payment, name="record_call_payment"),
    path("funds/<uuid:pk>/claim/", funds.open_claim, name="open_claim"),
    path("claims/<uuid:pk>/", funds.claim_page, name="claim"),
    path("claims/<uuid:pk>/evidence/", funds.add_claim_evidence, name="add_claim_evidence"),
    path("claims/<uuid:pk>/submit/", funds.submit_claim, name="submit_claim"),
    path("claims/<uuid:pk>/decide/", funds.decide_claim, name="decide_claim"),
    path("evidence/<uuid:pk>/file/", funds.evidence_file, name="evidence_file"),
    path("fund-parties/<uuid:pk>/continue/", funds.record_continuation, name="record_continuation"),
]

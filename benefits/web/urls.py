"""Addresses of benefit and risk."""

from django.urls import path

from benefits.web import agreements, claims, from_template, funds, settlements, staged

app_name = "benefits"

urlpatterns = [
    path("agreements/", agreements.list_agreements, name="agreements"),
    path("agreements/<uuid:pk>/", agreements.agreement_page, name="agreement"),
    path("agreements/<uuid:pk>/entries/", agreements.list_entries, name="entries"),
    path("agreements/<uuid:pk>/propose/", agreements.propose_version, name="propose_version"),
    path(
        "agreements/<uuid:pk>/propose/<uuid:template_version>/",
        from_template.propose_from_template,
        name="propose_from_template",
    ),
    path("agreements/<uuid:pk>/income/", agreements.record_income, name="record_income"),
    path("versions/<uuid:pk>/sign/", agreements.sign_agreement, name="sign_agreement"),
    path("incomes/<uuid:pk>/settle/", agreements.settle_income, name="settle_income"),
    path("settlements/<uuid:pk>/", settlements.settlement_page, name="settlement"),
    path("statements/", settlements.list_statements, name="statements"),
    path("statements/<uuid:pk>/", settlements.statement_page, name="statement"),
    path("statements/<uuid:pk>/instruct/", settlements.instruct_payment, name="instruct_payment"),
    path("statements/<uuid:pk>/confirm/", settlements.confirm_payment, name="confirm_payment"),
    path("statements/<uuid:pk>/reconcile/", settlements.reconcile_payment, name="reconcile_payment"),
    path("statements/<uuid:pk>/ask/", settlements.raise_dispute, name="raise_dispute"),
    path("disputes/<uuid:pk>/close/", settlements.close_dispute, name="close_dispute"),
    path("tranches/", staged.list_tranches, name="tranches"),
    path("tranches/of/<uuid:subject_id>/", staged.staged_page, name="staged"),
    path("funds/", funds.list_funds, name="funds"),
    path("funds/new/", funds.open_fund, name="open_fund"),
    path("funds/<uuid:pk>/", funds.fund_page, name="fund"),
    path("funds/<uuid:pk>/call/", funds.call_fund, name="call_fund"),
    path("funds/<uuid:pk>/claim/", claims.open_claim, name="open_claim"),
    path("calls/<uuid:pk>/pay/", funds.record_call_payment, name="record_call_payment"),
    path("fund-parties/<uuid:pk>/answer/", funds.answer_fund, name="answer_fund"),
    path("fund-parties/<uuid:pk>/continue/", funds.record_continuation, name="record_continuation"),
    path("claims/", claims.list_claims, name="claims"),
    path("claims/<uuid:pk>/", claims.claim_page, name="claim"),
    path("claims/<uuid:pk>/evidence/", claims.add_claim_evidence, name="add_claim_evidence"),
    path("claims/<uuid:pk>/submit/", claims.submit_claim, name="submit_claim"),
    path("claims/<uuid:pk>/decide/", claims.decide_claim, name="decide_claim"),
    path("evidence/<uuid:pk>/file/", claims.evidence_file, name="evidence_file"),
]

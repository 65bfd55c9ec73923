"""What the room's operations are called in a history."""

from django.utils.translation import gettext_lazy as _

from core import book

for _operation, _words in {
    "create_project": _("prepared the project"),
    "edit_project": _("changed the project"),
    "add_party": _("added a party"),
    "link_need": _("linked a need"),
    "add_indicator": _("added an indicator"),
    "share_indicator": _("said who contributes to an indicator"),
    "add_package": _("added a work package"),
    "assign_package": _("assigned a work package"),
    "set_communication_plan": _("set the communication plan"),
    "plan_gates": _("planned gates and money"),
    "start_project": _("signed the start"),
    "request_stage_fund": _("asked for stage funds"),
    "release_stage": _("released the money of a stage"),
    "add_gate_file": _("added a file for the gate"),
    "submit_package": _("handed in a package"),
    "invite_gate_reviewer": _("asked a reviewer"),
    "declare_gate_conflict": _("declared on conflicts of interest"),
    "recuse_from_gate": _("stepped back from the panel"),
    "record_finding": _("recorded a finding"),
    "decide_gate": _("signed the decision on the gate"),
    "close_condition": _("closed a condition"),
    "propose_direction": _("proposed another direction"),
    "decide_direction": _("decided on the new direction"),
    "offer_handover": _("offered the hand-over"),
    "accept_handover": _("accepted the hand-over"),
    "refuse_handover": _("refused the hand-over"),
    "record_acceptance": _("signed the acceptance"),
    "sign_acceptance": _("signed the acceptance as expert"),
    "open_failure_claim": _("opened a claim on the risk fund"),
}.items():
    book.label(_operation, _words)

"""What the room's operations are called in a history."""

from django.utils.translation import gettext_lazy as _

from core import book

for _operation, _words in {
    "create_chain": _("drew the chain"),
    "edit_chain": _("changed the chain"),
    "add_node": _("added a node"),
    "designate_leader": _("designated the leader"),
    "join_node": _("joined a node"),
    "add_machine": _("added a machine"),
    "link_terms": _("linked two terms"),
    "edit_term_link": _("changed a link of terms"),
    "retire_term_link": _("took back a link of terms"),
    "propose_joint_room": _("proposed the joint room"),
    "agree_to_joint_room": _("agreed to the joint room"),
    "close_joint_room": _("closed the joint room"),
    "invite_to_joint_room": _("asked an organisation into the joint room"),
    "join_joint_room": _("joined the joint room"),
    "leave_joint_room": _("left the joint room"),
    "remove_from_joint_room": _("ended an organisation's part in the joint room"),
    "write_note": _("wrote in the joint room"),
    "propose_benefit_template": _("proposed the benefit template"),
    "propose_template_version": _("proposed another table"),
    "sign_benefit_template": _("signed the benefit template"),
    "retire_benefit_template": _("took back the benefit template"),
}.items():
    book.label(_operation, _words)

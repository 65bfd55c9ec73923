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
}.items():
    book.label(_operation, _words)

"""What people do with chains, by noun; drawing the map and linking terms stand here under their own names as well."""

from chains.actions.chain import (
    add_machine,
    add_node,
    create_chain,
    designate_leader,
    edit_chain,
    edit_term_link,
    join_node,
    link_terms,
    retire_term_link,
)

__all__ = [
    "add_machine", "add_node", "create_chain", "designate_leader", "edit_chain", "edit_term_link", "join_node", "link_terms",
    "retire_term_link",
]  # fmt: skip

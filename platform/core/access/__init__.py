"""Who may: rules by name, visibility queries beside them, and grants to one object.

`from core.access import policy`; predicates that many rooms share are in `core.access.predicates`.
"""

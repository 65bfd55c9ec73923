"""The room's routes below /api/v1/."""

from chains.api import views

routes = [
    ("chains", views.Chains, "chain"),
    ("chain-nodes", views.Nodes, "chain-node"),
    ("term-links", views.Terms, "term-link"),
    ("machines", views.Machines, "machine"),
]

"""The room's routes below /api/v1/."""

from chains.api import benefit_template, joint_room, views

routes = [
    ("chains", views.Chains, "chain"),
    ("chain-nodes", views.Nodes, "chain-node"),
    ("term-links", views.Terms, "term-link"),
    ("joint-rooms", joint_room.JointRooms, "joint-room"),
    ("benefit-templates", benefit_template.BenefitTemplates, "benefit-template"),
    ("machines", views.Machines, "machine"),
]

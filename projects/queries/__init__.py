"""What the room reads."""

from projects.queries.gate import gates_visible_to, gates_waiting, handovers_visible_to, seats_visible_to
from projects.queries.project import (
    conflicts_with,
    packages_of,
    projects_visible_to,
    values_by_environment,
    work_packages_visible_to,
)

__all__ = [
    "conflicts_with", "gates_visible_to", "gates_waiting", "handovers_visible_to", "packages_of", "projects_visible_to",
    "seats_visible_to", "values_by_environment", "work_packages_visible_to",
]  # fmt: skip

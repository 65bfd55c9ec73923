"""What people do in the room: `projects.actions.project`, `.gate` and `.flow`."""

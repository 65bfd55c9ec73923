#!/usr/bin/env python3
"""Django's command line for Xielian. Commands that change the schema work as the database's owner."""

import os
import sys
from pathlib import Path

# `platform/` is a source root: what lies inside is imported by its own name, and `import platform` stays Python's own.
sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))

OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "sqlmigrate",
    "createcachetable",
    "squashmigrations",
    "optimizemigration",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

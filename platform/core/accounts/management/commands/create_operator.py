"""`manage.py create_operator`: the operator's organisation and its first admin, who verifies everybody else."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core.accounts import services
from core.accounts.models import Person
from core.accounts.states import OrganisationKind, OrganisationState, Role
from core.errors import Refusal


class Command(BaseCommand):
    help = "Make the operator's organisation and its first admin; the password is asked for, or read from OPERATOR_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="the organisation's name")
        parser.add_argument("--uscc", required=True, help="its unified social credit code")
        parser.add_argument("--email", required=True, help="the admin's e-mail")
        parser.add_argument("--person", required=True, help="the admin's name")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("OPERATOR_PASSWORD") or getpass.getpass()
        try:
            with transaction.atomic():
                organisation = services.create_organisation(
                    name=options["name"], code=options["uscc"], kinds=[OrganisationKind.OPERATOR]
                )
                organisation.state = OrganisationState.VERIFIED
                organisation.save(update_fields=["state"])
                known = Person.objects.filter(email__iexact=options["email"]).first()
                person = known or services.create_person(
                    email=options["email"], name=options["person"], password=password
                )
                services.seat(person, organisation, [Role.ADMIN, Role.APPROVER])
        except Refusal as refused:
            raise CommandError(str(refused.message)) from None
        self.stdout.write(f"{organisation.name}: {person.email} is its admin.")

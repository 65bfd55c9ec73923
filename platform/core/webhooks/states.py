"""The lives of an endpoint and of a delivery."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Sending paused")
    DISABLED = "disabled", _("Switched off after failures")
    DELETED = "deleted", _("Deleted")


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed, will be tried again")
    GIVEN_UP = "given_up", _("Given up")


class Fault(models.TextChoices):
    """Why a message did not arrive, as far as it is not the answer's status."""

    ADDRESS = "address", _("The address may no longer be called")
    NO_ADDRESS = "no_address", _("The name leads to no address")
    NOT_PUBLIC = "not_public", _("The name does not lead to a public server")
    CONNECTION = "connection", _("No connection")
    TLS = "tls", _("The certificate or the encryption does not fit")
    TIMEOUT = "timeout", _("Too slow")
    PROTOCOL = "protocol", _("The answer is not HTTP")
    HIDDEN = "hidden", _("The organisation may no longer read the object")
    SECRET = "secret", _("The secret cannot be read; rotate it")


ENDPOINT = Machine(
    Move("pause_endpoint", [EndpointState.ACTIVE], EndpointState.PAUSED),
    Move("resume_endpoint", [EndpointState.PAUSED, EndpointState.DISABLED], EndpointState.ACTIVE),
    Move("disable_endpoint", [EndpointState.ACTIVE], EndpointState.DISABLED),
    Move(
        "delete_endpoint", [EndpointState.ACTIVE, EndpointState.PAUSED, EndpointState.DISABLED], EndpointState.DELETED
    ),
)
UNFINISHED = (DeliveryState.PENDING, DeliveryState.FAILED)
DELIVERY = Machine(
    Move("deliver", UNFINISHED, DeliveryState.DELIVERED),
    Move("fail", UNFINISHED, DeliveryState.FAILED),
    Move("give_up", UNFINISHED, DeliveryState.GIVEN_UP),
    Move("replay_delivery", list(DeliveryState), DeliveryState.PENDING),
)

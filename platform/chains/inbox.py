"""What chains tell people."""

from django.utils.translation import gettext_lazy as _

from core.inbox import kinds

kinds.register(
    "chains",
    _("Industry chain"),
    asked={
        "agree_to_joint_room": _("A joint room waits for our agreement"),
        "join_joint_room": _("We are asked into a joint room"),
        "sign_benefit_template": _("A benefit template waits for our signature"),
    },
    told={
        "leader_designated": _("My organisation leads a chain, or no longer does"),
        "joint_room": _("Somebody agrees to a joint room, joins, leaves or closes it"),
        "benefit_template": _("A benefit template is in force or was taken back"),
        "joint_room_note": _("Somebody wrote in a joint room"),
    },
)

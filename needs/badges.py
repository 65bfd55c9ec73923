"""How the room's states look."""

from core.web import badges
from needs.states.need import DefinerState, NeedState, SignatureVerdict

badges.register(
    NeedState,
    {
        NeedState.DRAFT: "none", NeedState.DEFINING: "info", NeedState.DEFINED: "ok", NeedState.PUBLISHED: "ok",
        NeedState.MET: "ok", NeedState.PARTLY_MET: "warn", NeedState.WITHDRAWN: "quiet",
    },
)  # fmt: skip
badges.register(DefinerState, {DefinerState.INVITED: "warn", DefinerState.ACCEPTED: "ok", DefinerState.DECLINED: "quiet"})
badges.register(SignatureVerdict, {SignatureVerdict.SIGNED: "ok", SignatureVerdict.REFUSED: "bad"})

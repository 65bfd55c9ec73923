"""Writes that ask no permission, by noun; what rooms above may call stands here."""

from needs.services.need import (
    EDITABLE_FIELDS,
    add_specification,
    closing_summary,
    create_need,
    draft_version,
    index_need,
    indicators_changed,
    need_link,
    need_specifications,
    record_measurements,
    refuse,
    remove_specification,
    replace_specification,
    set_fields,
    settle_signatures,
    sign,
)

__all__ = [
    "EDITABLE_FIELDS",
    "add_specification",
    "closing_summary",
    "create_need",
    "draft_version",
    "index_need",
    "indicators_changed",
    "need_link",
    "need_specifications",
    "record_measurements",
    "refuse",
    "remove_specification",
    "replace_specification",
    "set_fields",
    "settle_signatures",
    "sign",
]

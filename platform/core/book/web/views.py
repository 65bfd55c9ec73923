"""The book: what one's own organisation did, with the leaf of each entry; histories of objects stand on their own pages."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import FileField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core import limits
from core.book import keys, receipts, script
from core.book.labels import words_of
from core.book.models import Body
from core.book.queries import bodies_visible_to, checkpoint, newest_checkpoint, present_verdict
from core.errors import Invalid, NotAllowed, NotFound
from core.web import forms, tables
from core.web.page import fresh_key, render_page


def index_of(row: Body) -> Any:
    place = getattr(row.entry, "place", None)
    return place.index if place else None


def receipt_of(row: Body) -> str | None:
    return reverse("book:receipt", args=[row.entry_id]) if index_of(row) is not None else None


class Entries(tables.Table):
    columns = [
        tables.Column(
            "operation", _("What"), value=lambda row: words_of(row.operation), sort="operation", is_primary=True
        ),
        tables.Column("at", _("When"), kind="datetime", sort="at"),
        tables.Column(
            "who", _("Who"), value=lambda row: str(row.person or row.client or _now("the system")), sort="person__name"
        ),
        tables.Column("object_type", _("About"), sort="object_type"),
        tables.Column("index", _("Entry"), kind="number", value=index_of, sort="entry__place__index"),
        tables.Column("leaf", _("Leaf hash"), kind="code", value=lambda row: bytes(row.entry.leaf_hash).hex()[:16]),
        tables.Column(
            "receipt",
            _("Receipt"),
            value=lambda row: _now("Download") if receipt_of(row) else None,
            link=receipt_of,
            in_file=False,
        ),
    ]
    search = ["operation", "person__name", "object_type"]
    filters = [tables.DateRange("on", _("When"), lookup="at", is_moment=True)]
    default_sort = "-at"
    file_name = "book"
    empty = tables.Empty(
        _("Nothing has happened yet"), _("Every action of your organisation leaves one entry here."), icon="book-2"
    )


def list_entries(request: HttpRequest) -> HttpResponse:
    """One's own organisation's entries, and the newest checkpoint."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    found = checkpoint()
    intro = ""
    if found is not None:
        size, root, _at = found
        intro = _now("The log holds %(size)d entries in order; its root is %(root)s…") % {
            "size": size,
            "root": root[:24],
        }
    check = {"label": _("Check a receipt"), "url": reverse("book:verify"), "icon": "shield-check"}
    return tables.render(request, Entries(bodies_visible_to(actor)), title=_("Book"), intro=intro, actions=[check])


RECEIPT_LIMIT, FILE_LIMIT = 1 << 20, 50 << 20


class Check(forms.Form):
    """A receipt, and the file that its entry should name."""

    receipt = FileField(
        label=_("Receipt, or a checkpoint that you kept"),
        help_text=_("The file that you downloaded: receipt-….json, a proof of consistency, or a signed checkpoint."),
    )
    file = FileField(
        label=_("The file that the entry is about"),
        required=False,
        allow_empty_file=True,
        help_text=_("At most 50 MB. It is hashed here and not kept."),
    )
    sha256 = forms.TextField(
        label=_("Or only its SHA-256"), required=False, max_length=64, help_text=_("64 hexadecimal digits.")
    )

    def clean_receipt(self) -> Any:
        found = self.cleaned_data["receipt"]
        if found.size > RECEIPT_LIMIT:
            raise ValidationError(_("No receipt is larger than 1 MB."))
        return found

    def clean_file(self) -> Any:
        found = self.cleaned_data.get("file")
        if found and found.size > FILE_LIMIT:
            raise ValidationError(_("This file is larger than 50 MB: give its SHA-256 instead."))
        return found

    def clean_sha256(self) -> str:
        text = str(self.cleaned_data["sha256"]).strip().lower()
        if text and not re.fullmatch(r"[0-9a-f]{64}", text):
            raise ValidationError(_("A SHA-256 has 64 hexadecimal digits."))
        return text


def verify(request: HttpRequest) -> HttpResponse:
    """Anybody checks a receipt here, without signing in; the same checks as in the script that runs without us."""
    form, shown, status = Check(), dict[str, Any](), 200
    if request.method == "POST":
        limits.ask(request, "door")
        form = Check(request.POST, request.FILES)
        try:
            shown, status = checked(form), 200
        except Invalid as refused:
            if form.is_valid():
                form.tell(refused.fields)
            status = refused.status
    listed = keys.known()
    context = {
        "form": form, "form_key": fresh_key(), "submit_label": _("Check"), "head": newest_checkpoint(), "keys": listed,
        "reading": present_verdict(), "found": shown,
    }  # fmt: skip
    return render_page(request, "book/verify.html", context, title=_("Check a receipt"), status=status)


def checked(form: Check) -> dict[str, Any]:
    """The findings in words; raises Invalid beside the receipt when it cannot be read."""
    given = form.checked()
    files = [(_now("with this SHA-256"), given["sha256"])] if given["sha256"] else []
    if given["file"]:
        files.append((given["file"].name, _digest(given["file"])))
    vkeys, language = [one.vkey for one in keys.known()], get_language() or "en"
    data, newer = given["receipt"].read(), None
    try:
        try:
            document = script.load(data)
        except script.Unreadable:
            newer = _since(data, vkeys)
            if newer is None:
                raise
            document = newer
        if document["format"] == receipts.RECEIPT:
            findings = script.check_receipt(document, vkeys, files)
        else:
            kept = data.decode() if newer else None
            findings = script.check_consistency(document, vkeys, kept)
    except script.Unreadable as problem:
        raise Invalid(
            script.Finding(script.FAILS, "unreadable", why=problem).words(language), field="receipt"
        ) from None
    code, closing = script.verdict(findings)
    return {
        "lines": [{"state": one.state, "words": one.words(language)} for one in findings],
        "code": code,
        "closing": script.Finding(script.SAYS, closing).words(language),
        "proof_url": f"/api/v1/book/consistency/?first={_size(newer)}" if newer else "",
    }


def _since(data: bytes, vkeys: list[str]) -> dict[str, Any] | None:
    """For a kept checkpoint: the proof that the newest continues it; None when it is none of ours."""
    try:
        kept = script.open_checkpoint(data.decode(), vkeys)
        return receipts.consistency(kept[1]) if kept else None
    except (UnicodeDecodeError, script.Unreadable, Invalid):
        return None


def _size(document: dict[str, Any]) -> str:
    return str(document["first"]).split("\n")[1]


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def download_receipt(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The receipt as a file; `as=tlog-proof` gives the proof alone, in the form other logs use."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    found = receipts.receipt(actor, entry_id, request.GET.get("shown", ""))
    index = script.read_proof(found["tlog_proof"])[0]
    if request.GET.get("as") == "tlog-proof":
        return _download(found["tlog_proof"].encode(), f"receipt-{index}.tlog-proof", "text/plain; charset=utf-8")
    return _download(receipts.as_file(found), f"receipt-{index}.json", "application/json")


def checkpoint_text(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint as the signed note it is."""
    found = newest_checkpoint()
    if found is None:
        raise NotFound(_("No checkpoint has been signed yet."))
    return HttpResponse(found.note, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def download_script(request: HttpRequest) -> HttpResponse:
    """The script that checks without us."""
    return _download(Path(script.__file__).read_bytes(), "xielian-verify.py", "text/x-python; charset=utf-8")


def _download(data: bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=kind, headers=headers)

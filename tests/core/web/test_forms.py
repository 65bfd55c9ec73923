"""Forms: beside the field, above the form, and nothing typed lost."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.accounts.actor import Actor
from core.errors import Blocked, Conflict, Invalid, Missing, NotAllowed, NotFound
from core.web import forms
from core.web.forms import form_page
from core.web.middleware import RefusalMiddleware


class Offer(forms.Form):
    title = forms.TextField(label="Title", max_length=20)
    amount = forms.MoneyField(label="Amount")
    kind = forms.SelectField(label="Kind", choices=[("a", "A"), ("b", "B")], required=False)


def sent(**values: str) -> HttpRequest:
    request = RequestFactory().post("/offer/", values)
    request.actor = Actor.nobody()  # type: ignore[attr-defined]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    RefusalMiddleware(lambda _request: HttpResponse()).process_view(request, None, None, None)
    return request


def answer(request: HttpRequest, action: Any) -> HttpResponse:
    return form_page(request, "components/form_page.html", Offer, action=action, success="/done/", title="Offer")


def refuse(refusal: Exception) -> Any:
    def action(**_values: Any) -> None:
        raise refusal

    return action


def test_checked_gives_values_or_names_every_wrong_field() -> None:
    assert Offer({"title": "x", "amount": "１，０００．５０"}).checked()["amount"] == Decimal("1000.50")
    with pytest.raises(Invalid) as wrong:
        Offer({"title": "", "amount": "-1"}).checked()
    assert set(wrong.value.fields) == {"title", "amount"}


@pytest.mark.parametrize("amount", ["many", "NaN", "1e999", "-0.01", "0.001", "99999999999999999999", "Infinity"])
def test_amounts_that_are_none_are_refused_beside_the_field(amount: str) -> None:
    with pytest.raises(Invalid) as wrong:
        Offer({"title": "x", "amount": amount}).checked()
    assert list(wrong.value.fields) == ["amount"]


def test_a_wrong_shape_keeps_everything_typed() -> None:
    response = answer(sent(title="my offer", amount="abc"), refuse(AssertionError("not reached")))
    text = response.content.decode()
    assert response.status_code == 422
    assert 'value="my offer"' in text and 'value="abc"' in text and 'aria-invalid="true"' in text


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Invalid("too much for this call", field="amount"), 422),
        (NotAllowed("not yours to offer"), 403),
        (Conflict("somebody was faster"), 409),
        (Blocked("two are missing", missing=[Missing("a signature", "the owner", "/sign/", "A02")]), 409),
    ],
)
def test_a_refusal_is_told_and_nothing_typed_is_lost(refusal: Any, status: int) -> None:
    response = answer(sent(title="my offer", amount="12.50"), refuse(refusal))
    text = response.content.decode()
    assert response.status_code == status
    assert str(refusal.message) in text
    assert 'value="my offer"' in text and 'value="12.50"' in text
    for missing in refusal.missing:
        assert str(missing.what) in text and str(missing.who) in text and f'href="{missing.link}"' in text


def test_a_sentence_for_a_field_stands_beside_it() -> None:
    text = answer(sent(title="x", amount="1"), refuse(Invalid("too little", field="amount"))).content.decode()
    beside = text[text.index('for="id_amount"') :]
    assert "too little" in beside[: beside.index('for="id_kind"')]


def test_a_sentence_for_an_unknown_field_is_not_lost() -> None:
    text = answer(sent(title="x", amount="1"), refuse(Invalid("the moon is wrong", field="moon"))).content.decode()
    assert "the moon is wrong" in text


def test_what_is_not_there_is_not_dressed_as_a_form() -> None:
    with pytest.raises(NotFound):
        answer(sent(title="x", amount="1"), refuse(NotFound("no such call")))


def test_success_hands_the_form_key_to_the_actor_and_goes_on() -> None:
    got: dict[str, Any] = {}
    key = str(uuid.uuid4())
    response = answer(sent(title="x", amount="1", _key=key), lambda **values: got.update(values))
    assert (response.status_code, response["Location"]) == (302, "/done/")
    assert got["actor"].key == key and got["amount"] == Decimal(1)


def test_a_key_that_is_not_ours_is_ignored() -> None:
    assert sent(_key="' or 1=1").actor.key is None  # type: ignore[attr-defined]


def test_every_form_carries_a_fresh_key() -> None:
    def shown() -> str:
        request = RequestFactory().get("/offer/")
        request.actor = Actor.nobody()  # type: ignore[attr-defined]
        text = answer(request, refuse(AssertionError())).content.decode()
        start = text.index('name="_key" value="') + len('name="_key" value="')
        return str(uuid.UUID(text[start : start + 36]))

    assert shown() != shown()


def test_typed_markup_comes_back_escaped() -> None:
    text = answer(sent(title='"><script>1</script>', amount="x"), refuse(AssertionError())).content.decode()
    assert "<script>1" not in text


def test_several_files_are_checked_one_by_one() -> None:
    field = forms.MultipleFileField(label="Files")
    two = [SimpleUploadedFile("a.pdf", b"1"), SimpleUploadedFile("b.pdf", b"2")]
    assert [one.name for one in field.clean(two)] == ["a.pdf", "b.pdf"]
    with pytest.raises(Exception, match=r".+"):
        field.clean([SimpleUploadedFile("empty.pdf", b"")])
    assert forms.MultipleFileField(label="Files", required=False).clean([]) == []


def test_a_moment_is_read_in_beijing_time() -> None:
    field = forms.MomentField(label="Deadline")
    assert (
        field.clean("2026-09-15T18:00:05").astimezone(__import__("datetime").UTC).isoformat()
        == "2026-09-15T10:00:05+00:00"
    )

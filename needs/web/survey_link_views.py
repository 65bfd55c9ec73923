"""The one page of surveys for people without an account: a personal link, answered once (R020).

Whoever comes is a stranger with a secret. What the secret opens are the questions of one round and nothing of what others wrote;
an unknown, used, withdrawn or late link gets the same answer; wrong ones are counted by where they come from.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core import limits
from core.errors import Invalid, NotFound, Refusal
from core.web.page import render_page
from core.web.preferences import language_of
from needs.actions import survey as actions
from needs.queries.survey import asked_of, link_of, questions_of
from needs.services.survey import hash_of
from needs.web import survey_forms as forms


def _language(request: HttpRequest) -> str:
    """The language of the address, because nobody here needs a cookie; else what the browser chose earlier."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in dict(settings.LANGUAGES) else language_of(request)


def _sent(response: HttpResponse, language: str) -> HttpResponse:
    response.headers["Content-Language"] = language
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _over(request: HttpRequest, language: str) -> HttpResponse:
    """One page for every link that does not work, whatever the reason."""
    title = _("This link does not work any more, or never did.")
    return _sent(render_page(request, "needs/link_over.html", {}, title=title, status=404), language)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The questions, and the one answer (open to strangers)."""
    language = _language(request)
    with translation.override(language):
        link = link_of(hash_of(token))
        if link is None:
            limits.ask(request, "survey-guess")
            return _over(request, language)
        limits.ask(request, "survey-link", of=str(link.pk))
        row = link.answer
        questions = questions_of(row.round)
        asked = asked_of(questions, row.node.tier)
        refusal: Refusal | None = None
        form = forms.AnswerForm(request.POST if request.method == "POST" else None, asked=asked, total=len(questions))
        if request.method == "POST":
            try:
                actions.answer_by_link(actor=request.actor.with_key(None), token=token, **form.checked())  # type: ignore[attr-defined]
            except NotFound:  # somebody was faster with the same link
                return _over(request, language)
            except Invalid as refused:
                refusal = refused
                if form.is_valid():
                    form.tell(refused.fields or {"": [str(refused.message)]})
            else:
                return HttpResponseRedirect(reverse("needs:answered_by_link") + f"?lang={language}")
        campaign = row.round.campaign
        shown = {
            "form": form, "campaign": campaign, "round": row.round, "respondent": row.respondent, "node": row.node, "language": language,
            "languages": [one for one in settings.LANGUAGES if one[0] != language],
        }  # fmt: skip
        answer = render_page(
            request, "needs/answer_by_link.html", shown, title=campaign.title, status=refusal.status if refusal else 200
        )
        return _sent(answer, language)


@require_http_methods(["GET", "HEAD"])
def answered_by_link(request: HttpRequest) -> HttpResponse:
    """Thanks, without a word of what was answered (open to strangers)."""
    language = _language(request)
    with translation.override(language):
        return _sent(render_page(request, "needs/answered_by_link.html", {}, title=_("Thank you.")), language)

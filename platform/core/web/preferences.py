"""How a person likes their pages: language and theme, remembered on the person or in a cookie."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import check_for_language

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "xl_theme"


def theme_of(request: HttpRequest) -> str:
    """`light`, `dark` or `auto` (follow the machine), as the reader chose; auto when they did not."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def language_of(request: HttpRequest) -> str:
    """The reader's language: chosen in this browser, else remembered on the person, else Chinese.

    A program that names a language in `Accept-Language` gets that one from the API; a browser's header is not a choice.
    """
    known = {code.lower(): code for code, _ in settings.LANGUAGES}
    actor = getattr(request, "actor", None)
    person = getattr(actor, "person", None)
    wishes = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), getattr(person, "language", "")]
    if request.path.startswith("/api/"):
        header = request.headers.get("Accept-Language", "").lower()
        if header.startswith("zh"):
            return settings.LANGUAGE_CODE
        wishes.insert(0, "en" if header.startswith("en") else "")
    for wish in wishes:
        code = known.get(wish.lower())
        if code and check_for_language(code):
            return code
    return settings.LANGUAGE_CODE


def remember_language(request: HttpRequest, language: str) -> None:
    """Keep the language on the person who is signed in, so that mail and other browsers speak it as well."""
    actor = getattr(request, "actor", None)
    person = getattr(actor, "person", None)
    if person is not None and person.language != language:
        from core.accounts.models import Person

        Person.objects.filter(pk=person.pk).update(language=language)

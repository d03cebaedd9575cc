"""The interface language: what the signed-in person chose, else what the browser asks for, else Chinese."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

COOKIE = "language"


class LanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._choose(request)
        with translation.override(language), timezone.override(getattr(request.user, "zone", None)):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    @staticmethod
    def _choose(request: HttpRequest) -> str:
        if request.user.is_authenticated:
            return request.user.language
        wanted = request.COOKIES.get(COOKIE) or translation.get_language_from_request(request)
        return "en" if wanted.startswith("en") else "zh-hans"

"""Why a verb does not do what a person asked, in both languages."""

from __future__ import annotations

from django.utils import translation


class Refusal(Exception):
    """The reason and the next step. ``code`` is stable; ``str()`` is in the active language."""

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(code)
        self.code = code
        self.message_zh = message_zh
        self.message_en = message_en

    def __str__(self) -> str:
        return self.message_en if (translation.get_language() or "").startswith("en") else self.message_zh

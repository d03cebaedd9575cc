"""The settings of the optional outside model."""

from __future__ import annotations

from typing import Any

from django import forms

from goodstanding.contract import settings_of
from goodstanding.reading.llm import Config
from goodstanding.web import labels
from goodstanding.web.forms.connection import setting_field

#: Shown at once; the others are for who needs them.
FIRST = ("enabled", "provider", "model", "api_key", "languages")


class TranslationForm(forms.Form):
    """One field per setting of :class:`Config`. A key that is set shows nothing, and stays if left empty."""

    def __init__(self, config: Config, data: Any = None) -> None:
        super().__init__(data)
        for item in settings_of(Config):
            self.fields[item.name] = setting_field(item, kept=item.secret and bool(config.api_key))
            if not item.secret:
                self.initial[item.name] = getattr(config, item.name)
        self.fields["provider"].choices = list(labels.PROVIDERS.items())  # type: ignore[attr-defined]
        for name in ("provider", "model", "languages"):
            self.fields[name].required = True

    def first(self) -> list[Any]:
        return [self[name] for name in FIRST]

    def more(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in FIRST]

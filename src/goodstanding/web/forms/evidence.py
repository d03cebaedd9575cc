"""What an exhibit is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from goodstanding.web import labels

from .case import Moment


class DescriptionForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("证据种类"))
    title = forms.CharField(label=gettext_lazy("标题"), max_length=200)
    proves_at = Moment(label=gettext_lazy("所证明的时间"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = labels.evidence_choices()  # type: ignore[attr-defined]

"""When one is away, and who stands in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodstanding.models import Member

from .case import Moment


class AbsenceForm(forms.Form):
    starts_at = Moment(label=gettext_lazy("从"))
    ends_at = Moment(label=gettext_lazy("到"))
    deputy = forms.ChoiceField(
        label=gettext_lazy("代班人"),
        required=False,
        help_text=gettext_lazy("这段时间的提醒发给代班人；不选就发给其他能审批的人。"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, deputies: Iterable[Member], data: Any = None) -> None:
        super().__init__(data)
        self.known = {str(item.pk): item for item in deputies}
        choices = [("", _("不指定")), *((key, str(item)) for key, item in self.known.items())]
        self.fields["deputy"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> Member | None:
        return self.known.get(self.cleaned_data["deputy"])

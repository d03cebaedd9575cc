"""What a person says about a case: outcome, sending by hand, and how a notice should have been read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodstanding.contract import RULINGS, STAGES
from goodstanding.models import Case
from goodstanding.web import labels


class Moment(forms.DateTimeField):
    """A moment on the reader's own clock."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "class": "form-control"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found is not None and not 1990 <= found.year <= 2200:
            raise forms.ValidationError(_("日期不合理，请检查年份。"))
        return found


def not_in_future(value: datetime) -> None:
    if value > timezone.now() + timedelta(minutes=5):
        raise forms.ValidationError(_("时间在将来，请填写实际发生的时间。"))


class OutcomeForm(forms.Form):
    """What the decider ruled."""

    result = forms.ChoiceField(label=gettext_lazy("结果"), widget=forms.Select(attrs={"class": "form-select"}))
    decided_at = Moment(label=gettext_lazy("裁决时间"), validators=[not_in_future])
    amount = forms.DecimalField(
        label=gettext_lazy("追回金额"),
        required=False,
        min_value=Decimal(0),
        max_digits=18,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"class": "form-control", "step": "any"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"decided_at": timezone.localtime()})
        super().__init__(*args, **kwargs)
        choices = [("", _("请选择")), *((code, labels.word("result", code)) for code in RULINGS)]
        self.fields["result"].choices = choices  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """Why a case is closed without an answer."""

    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        help_text=gettext_lazy("例如：已和买家谈妥、重复的通知、对方已撤回。会记入经过。"),
    )


class ByHandForm(forms.Form):
    """Somebody handed the package over outside of the product."""

    name = forms.CharField(
        label=gettext_lazy("提交人"), max_length=120, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    at = Moment(label=gettext_lazy("提交时间"), validators=[not_in_future])
    note = forms.CharField(
        label=gettext_lazy("备注"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    proof = forms.FileField(
        label=gettext_lazy("提交凭证（截图或回执）"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"at": timezone.localtime(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class ConfirmationForm(forms.Form):
    """How the notice should be read. Only what differs from the case is a correction."""

    kind = forms.ChoiceField(label=gettext_lazy("通知类型"), widget=forms.Select(attrs={"class": "form-select"}))
    case_ref = forms.CharField(
        label=gettext_lazy("对方编号"), max_length=255, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    stage = forms.ChoiceField(
        label=gettext_lazy("阶段"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    reason_code = forms.CharField(
        label=gettext_lazy("原因代码"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    reason_category = forms.ChoiceField(
        label=gettext_lazy("原因类别"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    amount = forms.DecimalField(
        label=gettext_lazy("金额"),
        required=False,
        min_value=Decimal(0),
        max_digits=18,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"class": "form-control", "step": "any"}),
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        label=gettext_lazy("币种"),
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "maxlength": "3"}),
        error_messages={"invalid": gettext_lazy("请填三个字母的币种代码，如 USD。")},
    )
    deadline = Moment(label=gettext_lazy("截止时间"), required=False)
    order_id = forms.CharField(
        label=gettext_lazy("订单号"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    complainant = forms.CharField(
        label=gettext_lazy("投诉人"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = [("", "—"), *((code, labels.word("stage", code)) for code in STAGES)]
        self.fields["kind"].choices = labels.kind_choices()  # type: ignore[attr-defined]
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]
        self.fields["reason_category"].choices = [("", "—"), *labels.category_choices()]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, case: Case, data: Any = None, *, taken: Mapping[str, str] | None = None) -> ConfirmationForm:
        """The form for a case; ``taken`` are values to propose in it, which count once they are posted."""
        initial = {
            "kind": case.kind,
            "case_ref": case.outside_ref,
            "stage": case.stage,
            "reason_code": case.reason_code,
            "reason_category": case.reason_category,
            "amount": case.sum.amount if case.sum else None,
            "currency": case.currency,
            "deadline": timezone.localtime(case.due_at).replace(second=0, microsecond=0) if case.due_at else None,
            "order_id": case.order.number if case.order else case.facts.get("order_number", ""),
            "complainant": case.complainant,
        }
        return cls(data, initial={**initial, **(taken or {})})

    def corrections(self) -> dict[str, str]:
        """Fields that a person changed, as text."""
        found = {}
        for name in self.changed_data:
            value = self.cleaned_data.get(name)
            if isinstance(value, datetime):
                value = value.astimezone(ZoneInfo("UTC")).isoformat()
            elif isinstance(value, Decimal):
                value = f"{value:f}"
            found[name] = str(value if value is not None else "")
        return found

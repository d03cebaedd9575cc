"""Which column of a table is what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodstanding.sources.orders import LABELS, ColumnMapping, Preview
from goodstanding.web import moments, plugins
from goodstanding.web.labels import chinese


class TableForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("订单表格"),
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("请选择 CSV 或 XLSX 文件。"),
            "empty": gettext_lazy("文件是空的，请重新选择。"),
        },
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > plugins.upload_limit():
            raise forms.ValidationError(
                _("文件超过 %(mb)d MB，请拆成几份导入。") % {"mb": plugins.upload_limit() // 1024 // 1024}
            )
        return file


class MappingForm(forms.Form):
    """A select for each field, filled with what was guessed."""

    def __init__(self, data: Any = None, *, preview: Preview, zone: str) -> None:
        super().__init__(data)
        columns = [name for name in dict.fromkeys(preview.columns) if name]
        choices = [("", _("（没有这一列）")), *((name, name) for name in columns)]
        for name, (zh, en) in LABELS.items():
            self.fields[f"c_{name}"] = forms.ChoiceField(
                label=zh if chinese() else en,
                required=name == "number",
                choices=choices,
                initial=preview.mapping.columns.get(name, ""),
                widget=forms.Select(attrs={"class": "form-select"}),
                error_messages={"required": _("请指定订单号在哪一列。")},
            )
        self.fields["zone"] = forms.ChoiceField(
            label=_("表格里的时间属于哪个时区"),
            choices=moments.zone_choices(),
            initial=zone,
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.fields["currency"] = forms.RegexField(
            r"^[A-Za-z]{3}$",
            label=_("没写币种时按"),
            required=False,
            initial=preview.mapping.currency,
            widget=forms.TextInput(attrs={"class": "form-control", "maxlength": "3", "placeholder": "USD"}),
            error_messages={"invalid": _("请填三个字母的币种代码，如 USD。")},
        )
        self.fields["decimal_mark"] = forms.ChoiceField(
            label=_("小数点写法"),
            choices=[(".", "1,234.56"), (",", "1.234,56")],
            initial=preview.mapping.decimal_mark or ".",
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        self.fields["date_order"] = forms.ChoiceField(
            label=_("03/04/2026 是"),
            choices=[("mdy", _("3 月 4 日（月在前）")), ("dmy", _("4 月 3 日（日在前）"))],
            initial=preview.mapping.date_order or "mdy",
            widget=forms.Select(attrs={"class": "form-select"}),
        )

    def mapping(self) -> ColumnMapping:
        data = self.cleaned_data
        columns = {name[2:]: value for name, value in data.items() if name.startswith("c_") and value}
        return ColumnMapping(
            columns=columns,
            decimal_mark=data["decimal_mark"],
            date_order=data["date_order"],
            currency=(data["currency"] or "").upper(),
        )

"""What a person brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodstanding.web import plugins

_MOST_FILES = 20


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Any number of files, also none."""

    widget = ManyFilesInput(attrs={"class": "form-control"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFiles, self).clean(item, initial) for item in files if item]


class NoticeForm(forms.Form):
    """Text, or files, or both."""

    text = forms.CharField(
        label=gettext_lazy("通知内容"),
        required=False,
        max_length=2_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 12}),
    )
    attached = ManyFiles(label=gettext_lazy("文件"), required=False)

    def clean_text(self) -> str:
        text: str = self.cleaned_data.get("text") or ""
        return text.replace("\0", "")

    def clean_attached(self) -> list[UploadedFile[Any]]:
        files: list[UploadedFile[Any]] = self.cleaned_data.get("attached") or []
        if len(files) > _MOST_FILES:
            raise forms.ValidationError(_("一次最多 %(n)d 个文件，请分批上传。") % {"n": _MOST_FILES})
        for file in files:
            if (file.size or 0) > plugins.upload_limit():
                raise forms.ValidationError(
                    _("“%(name)s”超过 %(mb)d MB，请拆分或压缩后再传。")
                    % {"name": file.name, "mb": plugins.upload_limit() // 1024 // 1024}
                )
        return files

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not (data.get("text") or "").strip() and not data.get("attached"):
            raise forms.ValidationError(_("请粘贴通知内容，或选择文件。"))
        return data

    def incoming(self) -> Iterator[tuple[str, bytes, str]]:
        """Origin, bytes and file name of each thing brought."""
        if self.cleaned_data["text"].strip():
            yield "paste", self.cleaned_data["text"].replace("\r\n", "\n").encode(), ""
        for file in self.cleaned_data["attached"]:
            yield "upload", file.read(), (file.name or "")[:255]

"""The form that a channel's declared settings make."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from goodstanding.contract import Channel, Notifier, Setting, settings_of
from goodstanding.models import Connection
from goodstanding.web.labels import chinese


class ConnectionForm(forms.Form):
    """One field per setting. A secret that is set shows nothing, and stays if left empty."""

    label = forms.CharField(
        label=gettext_lazy("名称"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("给这个连接起个好认的名字，例如“主站 Stripe”。"),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, channel: Channel | Notifier, data: Any = None, *, connection: Connection | None = None) -> None:
        self.channel = channel
        initial: dict[str, Any] = {"label": connection.label if connection else channel.label}
        if connection:
            initial |= {**connection.settings, "may_submit": connection.may_submit}
        super().__init__(data, initial=initial)
        kept = set(connection.secrets) if connection else set()
        for item in settings_of(channel.config):
            if not item.hidden:
                self.fields[f"s_{item.name}"] = setting_field(item, kept=item.name in kept)
                if connection and not item.secret:
                    self.initial[f"s_{item.name}"] = connection.settings.get(item.name, item.default)
        if isinstance(channel, Channel) and channel.submit is not None:
            self.fields["may_submit"] = forms.BooleanField(
                label=gettext_lazy("允许在批准之后由系统提交"),
                required=False,
                help_text=gettext_lazy("不勾选时，材料包只供下载，由你自己提交。每次提交都要有人点击确认。"),
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )

    def values(self) -> dict[str, Any]:
        """Values by the names of the settings."""
        found = {name[2:]: value for name, value in self.cleaned_data.items() if name.startswith("s_")}
        return {**found, "may_submit": self.cleaned_data.get("may_submit", False)}


def setting_field(item: Setting, *, kept: bool) -> forms.Field:
    """The form field of a declared setting. ``kept``: a secret is there already and stays if left empty."""
    zh = chinese()
    label = item.label_zh if zh else item.label_en
    hint = item.help_zh if zh else item.help_en
    common: dict[str, Any] = {"label": label, "required": item.required and not kept, "help_text": hint}
    if item.type == "flag":
        box = forms.CheckboxInput(attrs={"class": "form-check-input"})
        return forms.BooleanField(**{**common, "required": False}, initial=bool(item.default), widget=box)
    if item.type == "choice":
        choices = [(value, value) for value in item.choices]
        select = forms.Select(attrs={"class": "form-select"})
        return forms.ChoiceField(**common, choices=choices, initial=item.default, widget=select)
    attrs = {"class": "form-control", "autocomplete": "off", "spellcheck": "false"}
    if item.type == "number":
        number = forms.NumberInput(attrs=attrs)
        return forms.IntegerField(**common, initial=item.default, min_value=0, max_value=10**9, widget=number)
    if item.secret:
        placeholder = {"placeholder": str(gettext_lazy("已保存，留空表示不改"))} if kept else {}
        secret = forms.PasswordInput(attrs={**attrs, "autocomplete": "new-password", **placeholder})
        return forms.CharField(**common, max_length=4000, widget=secret)
    return forms.CharField(**common, initial=item.default, max_length=2000, widget=forms.TextInput(attrs=attrs))

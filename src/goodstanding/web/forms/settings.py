"""The merchant, its stores, its people, and one's own profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodstanding.models import Merchant, Role, Store, User
from goodstanding.web import moments

_TEXT = forms.TextInput(attrs={"class": "form-control"})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class CurrencyField(forms.RegexField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            r"^[A-Za-z]{3}$",
            widget=forms.TextInput(attrs={"class": "form-control", "maxlength": "3"}),
            error_messages={"invalid": gettext_lazy("请填三个字母的币种代码，如 USD。")},
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        return super().clean(value).upper()


class MerchantForm(forms.ModelForm):  # type: ignore[type-arg]
    currency = CurrencyField(label=gettext_lazy("常用币种"))
    zone = forms.ChoiceField(label=gettext_lazy("团队所在时区"), widget=_select())

    class Meta:
        model = Merchant
        fields = ("name", "letterhead", "zone", "currency", "four_eyes")
        labels = {
            "name": gettext_lazy("商户名称"),
            "letterhead": gettext_lazy("落款用的法定名称"),
            "four_eyes": gettext_lazy("四眼原则：写答复的人不能是唯一的审批人"),
        }
        help_texts = {"letterhead": gettext_lazy("写在答复末尾和材料包封面，收件方看得到。")}
        widgets = {
            "name": _TEXT,
            "letterhead": _TEXT,
            "four_eyes": forms.CheckboxInput(attrs={"class": "form-check-input"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = moments.zone_choices()  # type: ignore[attr-defined]


class StoreForm(forms.ModelForm):  # type: ignore[type-arg]
    zone = forms.ChoiceField(label=gettext_lazy("店铺时区"), initial="UTC", widget=_select())
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=gettext_lazy("国家代码"),
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "maxlength": "2", "placeholder": "US"}),
        error_messages={"invalid": gettext_lazy("请填两个字母的国家代码，如 US。")},
    )
    markets = forms.CharField(
        label=gettext_lazy("销往国家"),
        required=False,
        max_length=600,
        help_text=gettext_lazy("两个字母的国家代码，用逗号隔开，如 US, DE, FR。"),
        widget=_TEXT,
    )

    class Meta:
        model = Store
        fields = ("name", "domain", "country", "zone", "markets")
        labels = {"name": gettext_lazy("店铺名称"), "domain": gettext_lazy("域名")}
        widgets = {
            "name": _TEXT,
            "domain": forms.TextInput(attrs={"class": "form-control", "placeholder": "shop.example.com"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = moments.zone_choices()  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["markets"] = ", ".join(self.instance.markets)

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_domain(self) -> str:
        text = str(self.cleaned_data["domain"]).strip().lower()
        return text.removeprefix("https://").removeprefix("http://").partition("/")[0]

    def clean_markets(self) -> list[str]:
        given = str(self.cleaned_data["markets"]).replace("，", ",").replace(";", ",").split(",")
        codes = [item.strip().upper() for item in given if item.strip()]
        wrong = [code for code in codes if not (len(code) == 2 and code.isascii() and code.isalpha())]
        if wrong:
            raise forms.ValidationError(_("“%(code)s”不是两个字母的国家代码。") % {"code": wrong[0][:20]})
        return list(dict.fromkeys(codes))


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("邮箱"), max_length=254, widget=forms.EmailInput(attrs={"class": "form-control"})
    )
    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=Role.choices, initial=Role.AGENT, widget=_select())


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    language = forms.ChoiceField(
        label=gettext_lazy("界面语言"), choices=[("zh-hans", "简体中文"), ("en", "English")], widget=_select()
    )
    zone = forms.ChoiceField(label=gettext_lazy("时区"), widget=_select())

    class Meta:
        model = User
        fields = ("name", "language", "zone")
        labels = {"name": gettext_lazy("姓名")}
        widgets = {"name": _TEXT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = moments.zone_choices()  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    """A new person sets name and password with the invitation."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=120, widget=_TEXT)
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("至少 10 个字符，不要用常见密码。"),
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        from django.contrib.auth.password_validation import validate_password

        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.email))
        return password

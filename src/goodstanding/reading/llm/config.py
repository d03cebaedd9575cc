"""How the optional model is set up, and whether the set-up can be used."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from goodstanding.contract import setting

from ..yamlfile import load

PROVIDERS = ("deepseek", "qwen", "openai", "ollama", "other")
_FILE = Path(__file__).parent / "providers.yaml"
_KEY = re.compile(r"[\x21-\x7e]{1,512}")


@dataclass(frozen=True, kw_only=True, repr=False)
class Config:
    """Settings of the optional model; off unless ``enabled``. The key is in no ``repr``."""

    enabled: bool = setting(
        "启用外部模型",
        "Use an external model",
        help_zh="默认关闭。启用后，每一封来信仍要先看过将发送的内容并同意，才会发送。",
        help_en="Off by default. Every notice is still shown and asked about before anything is sent.",
        default=False,
    )
    provider: str = setting("服务商", "Provider", choices=PROVIDERS, default="deepseek")
    endpoint: str = setting(
        "接口地址",
        "Endpoint",
        help_zh="留空则用服务商的官方地址。填到 /v1 为止，必须是 https；只有选择 Ollama 时才能填本机地址。",
        help_en="Empty: the provider's own. HTTPS only; a loopback address only with Ollama.",
        default="",
    )
    model: str = setting("模型名称", "Model", help_zh="按服务商文档填写，例如 deepseek-chat、qwen-plus。", default="")
    api_key: str = setting("API 密钥", "API key", help_zh="Ollama 可不填。", secret=True, default="")
    languages: str = setting(
        "翻译哪些语言",
        "Languages to translate",
        help_zh="语言代码，用逗号分隔。中文来信不会翻译。",
        help_en="ISO 639-1 codes, separated by commas.",
        default="en,de,fr,es,it,nl,pl,pt,ja",
    )
    seconds: int = setting("最长等待（秒）", "Longest wait (seconds)", default=60)
    max_characters: int = setting("每封最多发送（字符）", "Characters sent per notice, at most", default=12_000)
    max_output_tokens: int = setting("每次回答最多（token）", "Tokens per answer, at most", default=4_096)

    def __repr__(self) -> str:
        return f"Config(enabled={self.enabled}, provider={self.provider!r}, model={self.model!r}, api_key={'set' if self.api_key else 'not set'})"

    def translates(self, language: str) -> bool:
        """Is this a language to translate? Chinese never is."""
        return language != "zh" and language in {item.strip().lower() for item in self.languages.split(",")} - {""}


def provider_facts(config: Config) -> dict[str, Any]:
    """The provider's record; an unknown provider is treated as ``other``."""
    known: dict[str, dict[str, Any]] = load(_FILE)
    return known.get(config.provider, known["other"])


def address(config: Config) -> str:
    """The full address that is called: ``…/chat/completions``."""
    base = (config.endpoint.strip() or str(provider_facts(config)["endpoint"])).rstrip("/")
    return base if base.endswith("/chat/completions") else f"{base}/chat/completions"


def problem(config: Config) -> str:
    """Why this set-up cannot be used and what to change, in Chinese; "" if it can. Repeats neither key nor address."""
    if config.provider not in PROVIDERS:
        return "服务商不在列表里，请重新选择。"
    if not config.model.strip() or len(config.model) > 200:
        return "没有填写模型名称，请按服务商文档填写。"
    if config.api_key and not _KEY.fullmatch(config.api_key):
        return "API 密钥含有空格、换行或非 ASCII 字符，请重新复制。"
    if not config.api_key and config.provider != "ollama":
        return "没有填写 API 密钥，请到服务商后台创建后填写。"
    if not (
        1 <= config.seconds <= 600
        and 200 <= config.max_characters <= 100_000
        and 64 <= config.max_output_tokens <= 65_536
    ):
        return "等待时间、字符数或 token 数超出允许范围（1–600、200–100000、64–65536）。"
    return _address_problem(config)


def _address_problem(config: Config) -> str:
    try:
        parts = urlsplit(address(config))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "接口地址写法不对，请检查。"
    if not host or re.search(r"[\s\x00-\x1f\\]", address(config)) or port == 0:
        return "接口地址写法不对，请检查。"
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        return "接口地址里不能带用户名、密码、? 或 #，密钥请填在密钥一栏。"
    inner = _is_inner(host)
    if config.provider == "ollama":
        if not inner and parts.scheme != "https":
            return "Ollama 不在本机时，接口地址必须以 https:// 开头。"
        return (
            ""
            if parts.scheme in ("http", "https") and inner != "private"
            else "Ollama 只能用本机地址或 https 公网地址。"
        )
    if inner:
        return "接口地址指向本机或内网；只有服务商选择 Ollama 时才能用本机地址。"
    return "" if parts.scheme == "https" else "接口地址必须以 https:// 开头。"


def _is_inner(host: str) -> str:
    """``loopback``, ``private`` or "" for a public address or a name that the caller's client must check."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return "loopback"
    if re.fullmatch(r"[0-9.]+|0x[0-9a-f.x]+", name) and not re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}", name):
        return "private"  # 2130706433 and 127.1 are addresses to the resolver
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None) or found
    if mapped.is_loopback:
        return "loopback"
    return "" if mapped.is_global else "private"

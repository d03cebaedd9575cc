"""Conversations that a person uploads: WhatsApp, service desks, WeChat-like exports, screenshots."""

from goodstanding.contract import Source

from .config import Config
from .read import files

source = Source(name="chats", label="聊天记录（上传）", config=Config, files=files)

__all__ = ["Config", "files", "source"]

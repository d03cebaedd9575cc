"""What may be wrong with a table, said in both languages."""

from __future__ import annotations


class TableError(ValueError):
    """The whole file cannot be read as a table. ``code`` is stable; the messages name the reason and the next step."""

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.code = code
        self.message_zh = message_zh
        self.message_en = message_en


class CellError(ValueError):
    """One cell cannot be read; the caller adds row and column."""

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.code = code
        self.message_zh = message_zh
        self.message_en = message_en

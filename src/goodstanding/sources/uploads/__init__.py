"""Proof that a person uploads: what each file is, whether it can be used, and which proof it may be."""

from dataclasses import dataclass

from goodstanding.contract import Source

from .accept import Upload, UploadRefused, accept
from .guess import guess_kind


@dataclass(frozen=True, kw_only=True)
class Config:
    """Nothing to set."""


source = Source(name="uploads", label="上传的证据文件", config=Config)

__all__ = ["Config", "Upload", "UploadRefused", "accept", "guess_kind", "source"]

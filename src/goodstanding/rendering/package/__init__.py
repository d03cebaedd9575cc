"""The package document: cover, letter, timeline, numbered exhibits, as one PDF/A-2b."""

from .compile import CannotCompile, compile_package
from .spec import STEPS, Moment, PackageResult, PackageSpec, Quality
from .words import languages

__all__ = [
    "STEPS",
    "CannotCompile",
    "Moment",
    "PackageResult",
    "PackageSpec",
    "Quality",
    "compile_package",
    "languages",
]

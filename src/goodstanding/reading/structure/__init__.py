"""Messages that machines write for machines: recognised by their form, never by a classifier."""

from .route import Route, route

__all__ = ["Route", "route"]

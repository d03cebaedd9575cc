"""Reads mailboxes by IMAP: opens read-only, marks nothing. Used by plug-ins that may not import one another."""

from .folder import Account, body, listed, opened, quoted, searched, since_day, sizes, uid_validity

__all__ = ["Account", "body", "listed", "opened", "quoted", "searched", "since_day", "sizes", "uid_validity"]

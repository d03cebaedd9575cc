"""A connection's plug-in with its settings as the plug-in's own config."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from goodstanding.channels import channels
from goodstanding.contract import Channel, settings_of
from goodstanding.models import Connection


def channel_of(connection: Connection) -> Channel:
    """The channel of a connection. Raises KeyError naming a plug-in that is no longer installed."""
    return channels()[connection.plugin]


def config_of(connection: Connection, plugin: Any) -> Any:
    """The plug-in's config from plain settings and opened secrets; what is absent takes its default or is empty."""
    known = {item.name for item in fields(plugin.config)}
    values = {key: value for key, value in {**connection.settings, **connection.secrets}.items() if key in known}
    for item in settings_of(plugin.config):
        if item.required:
            values.setdefault(item.name, "")
    return plugin.config(**values)

"""GoodStanding: keeps an independent shop in good standing with card schemes, authorities, providers and buyers."""

__version__ = "0.1.0"

"""A till for grocery and liquor shops: the whole program except its windows (see ui/)."""

__version__ = "0.1.0"

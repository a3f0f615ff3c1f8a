"""A system's keyring in memory, in the place of the library."""

from __future__ import annotations

from types import SimpleNamespace


class Keyring:
    """What the program uses of the library ``keyring``; ``locked`` is one that nobody unlocks."""

    priority = 5

    errors = SimpleNamespace(KeyringError=type("KeyringError", (Exception,), {}))

    def __init__(self, *, locked: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = locked

    def get_keyring(self) -> Keyring:
        """The backend, as the library names it: itself."""
        return self

    def set_password(self, service: str, login: str, secret: str) -> None:
        """Store."""
        self._open()
        self.kept[service, login] = secret

    def get_password(self, service: str, login: str) -> str | None:
        """Read."""
        self._open()
        return self.kept.get((service, login))

    def delete_password(self, service: str, login: str) -> None:
        """Forget."""
        self._open()
        del self.kept[service, login]

    def _open(self) -> None:
        if self.locked:
            raise self.errors.KeyringError("locked")

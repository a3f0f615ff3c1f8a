"""Document and sale ids: UUID version 7 (RFC 9562), from a time and random bytes."""

from __future__ import annotations

import uuid


def uuid7(unix_ms: int, random: bytes) -> str:
    """A version 7 UUID as text from milliseconds since 1970 and ten random bytes."""
    if not 0 <= unix_ms < 2**48 or len(random) != 10:
        raise ValueError("a version 7 UUID takes 48 bits of time and ten random bytes")
    value = bytearray(unix_ms.to_bytes(6, "big") + random)
    value[6] = 0x70 | (value[6] & 0x0F)
    value[8] = 0x80 | (value[8] & 0x3F)
    return str(uuid.UUID(bytes=bytes(value)))

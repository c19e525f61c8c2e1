"""UIDs of objects that an export makes: the same release and source give the same UID. Pure."""

import hashlib
import uuid


def derived_uid(content_hash: str, *parts: str) -> str:
    """A UID under 2.25, from a release's content hash and what the object is made from.

    Source: DICOM PS3.5 B.2 (UUID derived UIDs); the UUID is of version 5's form, by SHA-256.
    """
    digest = hashlib.sha256("\0".join((content_hash, *parts)).encode()).digest()
    return f"2.25.{uuid.UUID(bytes=digest[:16], version=5).int}"

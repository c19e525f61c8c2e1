"""Signed, expiring leave to see the frames of one stack, checked without the database.

Access is decided once, when a case's manifest is made; a session and a permission join for each frame would cost
more than rendering it. So a grant that is withdrawn ends with the token's lifetime at the latest.
"""

import base64
import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

from django.conf import settings

from annotator.accounts.errors import NotAllowedError

_SALT = b"annotator.imaging.store.frame_tokens"


class FrameTokenError(NotAllowedError):
    """A token is missing, malformed, expired, or not signed by this server: ask for the case's manifest again."""


class OtherStackError(FrameTokenError):
    """The token is good, but for another stack than the frame's."""


@dataclass(frozen=True)
class IssuedToken:
    """What goes into the header X-Frame-Token, and until when it holds."""

    token: str
    expires_at: datetime


@lru_cache(maxsize=8)
def _signing_key(secret: str) -> bytes:
    return sha256(_SALT + secret.encode()).digest()


def _signature(content: bytes, secret: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(_signing_key(secret), content, "sha256")).rstrip(b"=")


def issue_token(stack_key: str, *, person_id: int, lifetime_seconds: int | None = None) -> IssuedToken:
    """Sign leave for one person to see one stack's frames; for FRAME_TOKEN_SECONDS unless told otherwise."""
    lifetime = settings.FRAME_TOKEN_SECONDS if lifetime_seconds is None else lifetime_seconds
    expires = int(time.time()) + lifetime
    content = f"{stack_key}.{person_id}.{expires}"
    signature = _signature(content.encode(), settings.SECRET_KEY).decode()
    return IssuedToken(f"{content}.{signature}", datetime.fromtimestamp(expires, UTC))


def check_token(token: str, frame_key: str) -> int:
    """Check that a token was signed here, still holds, and covers this frame; the person's id.

    Raises
    ------
    FrameTokenError : malformed, not ours, or expired.
    OtherStackError : for another stack.
    """
    content, _, signature = token.rpartition(".")
    parts = content.split(".")
    # compare_digest on str refuses what is not ASCII, hence bytes.
    signed = signature.encode()
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if len(parts) != 3 or not any(
        hmac.compare_digest(signed, _signature(content.encode(), secret)) for secret in secrets
    ):
        raise FrameTokenError("The frame token is missing or was not issued here. Open the case again.")
    stack_key, person_id, expires = parts
    if int(expires) <= time.time():
        raise FrameTokenError("The frame token has expired. Open the case again.")
    if frame_key.partition(".")[0] != stack_key:
        raise OtherStackError("The frame token is for another stack.")
    return int(person_id)

"""Whose address a request came from, when a proxy stands in front."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of whoever spoke to the outermost proxy of ours; without proxies the peer's.

    Each proxy adds the address that it saw at the end of X-Forwarded-For, so that only the last TRUSTED_PROXIES
    entries are true; what stands before them anybody can make up.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    count = settings.TRUSTED_PROXIES
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    claimed = seen[-count] if 0 < count <= len(seen) else peer
    return claimed if _is_address(claimed) else peer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

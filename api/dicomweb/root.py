"""Where DICOMweb stands, as the client would write it: addresses in answers must lead back here."""

from django.conf import settings
from django.http import HttpRequest

_PROXIED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA")


def root_of(request: HttpRequest) -> str:
    """What comes before /studies, /series or /instances in an address of this server."""
    before, name, _ = request.path.partition("/dicomweb")
    return f"{request.scheme}://{_host(request)}{before}{name}"


def _host(request: HttpRequest) -> str:
    """As the client named it. dicomweb-client leaves the port out: where nobody stands between, it is ours."""
    host, port = request.get_host(), request.get_port()
    named = ":" in host.rpartition("]")[2]
    usual = port == ("443" if request.is_secure() else "80")
    between = settings.TRUSTED_PROXIES or any(name in request.META for name in _PROXIED)
    return host if named or usual or between else f"{host}:{port}"

"""Who may send: calling AE titles, each from anywhere or from one host or network."""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from annotator.imaging.dimse.errors import PeerError

TITLE_LIMIT = 16


@dataclass(frozen=True)
class Peer:
    """One sender. `host` is an address, a network such as 10.1.0.0/16, or a name; "" for any."""

    title: str
    host: str = ""

    def is_at(self, address: str) -> bool:
        """Whether a connection from this IP address may be this peer's."""
        if not self.host:
            return True
        found = _address(address)
        try:
            return found in ipaddress.ip_network(self.host, strict=False)
        except ValueError:
            return found in _resolved(self.host)


@dataclass(frozen=True)
class Peers:
    """Everybody who may send."""

    peers: tuple[Peer, ...]

    @property
    def titles(self) -> list[str]:
        return sorted({peer.title for peer in self.peers})

    def admit(self, title: str, address: str) -> bool:
        """Whether an association of this calling AE title from this IP address is let in."""
        return any(peer.title == title and peer.is_at(address) for peer in self.peers)


def parse_peers(texts: Iterable[str]) -> Peers:
    """Peers from "AET" or "AET@host", several in one text between commas.

    Raises
    ------
    PeerError : none at all (nobody is let in by default), or one that is no AE title.
    """
    words = [word.strip() for text in texts for word in text.split(",")]
    peers = tuple(_peer(word) for word in words if word)
    if not peers:
        raise PeerError("Nobody may send: name at least one peer, --peer AET or --peer AET@host, or set DICOM_PEERS.")
    return Peers(peers)


def valid_title(title: str) -> str:
    """An AE title without its padding.

    Raises
    ------
    PeerError : empty, longer than 16 characters, or with characters that none may hold (PS3.5 6.2, VR AE).
    """
    title = title.strip(" ")
    if not title or len(title) > TITLE_LIMIT or "\\" in title or not (title.isascii() and title.isprintable()):
        raise PeerError(f"{title!r} is no AE title: 1 to {TITLE_LIMIT} printable ASCII characters without a backslash.")
    return title


def _peer(word: str) -> Peer:
    title, _, host = word.rpartition("@") if "@" in word else (word, "", "")
    return Peer(valid_title(title), host.strip())


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    found = ipaddress.ip_address(text.split("%")[0])
    # A socket for both families shows IPv4 senders as ::ffff:10.0.0.1.
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _resolved(name: str) -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        return {_address(str(entry[4][0])) for entry in socket.getaddrinfo(name, None)}
    except OSError:
        return set()

"""Requests one after the other over kept-open connections, each made when the answer before it is read, and timed."""

import re
import selectors
import socket
import time
from collections.abc import Sequence
from typing import Protocol


class Asker(Protocol):
    """Who talks over one connection."""

    def next_request(self) -> bytes:
        """The bytes of the next request."""

    def answered(self, status: int, body: bytes) -> None:
        """What it was answered; raises when that is not what was hoped for."""


def timed(address: tuple[str, int], askers: Sequence[Asker], *, seconds: float) -> list[float]:
    """Milliseconds from sending each request to having read its answer, all askers together.

    One thread waits for all: threads that take turns in one interpreter would cost more than they measure.
    """
    selector = selectors.DefaultSelector()
    streams = [_Stream(address, asker) for asker in askers]
    for stream in streams:
        selector.register(stream.socket, selectors.EVENT_READ, stream)
        stream.send()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while selector.get_map():
        for key, _ in selector.select():
            stream = key.data
            took = stream.receive()
            if took is None:
                continue
            times.append(took)
            if time.perf_counter() < end:
                stream.send()
            else:
                selector.unregister(stream.socket)
                stream.socket.close()
    selector.close()
    return times


def percentile(times: Sequence[float], share: float) -> float:
    """The smallest time that so large a share of all do not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def message(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """An HTTP request whose connection stays open."""
    lines = [f"{method} {path} HTTP/1.1", "Connection: keep-alive", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class _Stream:
    def __init__(self, address: tuple[str, int], asker: Asker) -> None:
        self.socket = socket.create_connection(address, timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._asker = asker
        self._received = b""
        self._sent_at = 0.0

    def send(self) -> None:
        request = self._asker.next_request()
        self._received = b""
        self._sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> float | None:
        """Take what is there; the milliseconds that it took once the answer is whole."""
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise RuntimeError(f"The server closed the connection: {self._received[:300]!r}")
        self._received += piece
        head, gap, body = self._received.partition(b"\r\n\r\n")
        if not gap:
            return None
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        # Without a length the answer comes in chunks, the last of them empty.
        if len(body) < int(length[1]) if length else not body.endswith(b"0\r\n\r\n"):
            return None
        took = (time.perf_counter() - self._sent_at) * 1000
        self._asker.answered(int(head.split(b" ", 2)[1]), body)
        return took

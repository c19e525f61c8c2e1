"""A small HTTP client that costs the machine little: sockets kept open, requests prepared, answers only counted."""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Target:
    """A server and what to ask of it in turn; each request is (path, headers)."""

    host: str
    port: int
    requests: Sequence[tuple[str, dict[str, str]]]

    def messages(self) -> list[bytes]:
        return [
            "".join(
                [f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nConnection: keep-alive\r\n"]
                + [f"{name}: {value}\r\n" for name, value in headers.items()]
                + ["\r\n"]
            ).encode()
            for path, headers in self.requests
        ]


class Connection:
    """One kept-open connection; opened again when the server closes it."""

    def __init__(self, target: Target) -> None:
        self._address = (target.host, target.port)
        self._buffer = bytearray(1 << 20)
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(self._address, timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, message: bytes) -> int:
        """Send one request and read its answer to the end; the number of bytes of the body.

        Raises
        ------
        RuntimeError : the answer is not 200.
        """
        self._socket.sendall(message)
        received = self._socket.recv(65536)
        while b"\r\n\r\n" not in received:
            more = self._socket.recv(65536)
            if not more:
                raise RuntimeError("The server closed the connection in the middle of an answer.")
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"{message.split()[1].decode()}: {received[:300]!r}")
        lowered = head.lower()
        length = int(lowered.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        left = length - len(body)
        while left > 0:
            left -= self._socket.recv_into(self._buffer, min(left, len(self._buffer)))
        if b"connection: close" in lowered:
            self._socket.close()
            self._open()
        return length

    def close(self) -> None:
        self._socket.close()


def latency_ms(target: Target, count: int) -> tuple[float, float]:
    """(median milliseconds, median bytes) of `count` requests on one connection."""
    messages, connection = target.messages(), Connection(target)
    times, sizes = [], []
    for index in range(count):
        begin = time.perf_counter()
        sizes.append(connection.ask(messages[index % len(messages)]))
        times.append((time.perf_counter() - begin) * 1000)
    connection.close()
    return median(times), median(sizes)


def throughput(target: Target, connections: int, seconds: float) -> float:
    """Answers a second over `connections` connections that each ask again as soon as they are answered.

    One thread waits for all of them: threads that take turns in one interpreter would cost more than they measure.
    """
    messages = target.messages()
    selector = selectors.DefaultSelector()
    streams = []
    for place in range(connections):
        stream = _Stream(target, messages, place * len(messages) // connections)
        selector.register(stream.socket, selectors.EVENT_READ, stream)
        streams.append(stream)
    begin = time.perf_counter()
    for stream in streams:
        stream.send()
    answered, last = 0, begin
    while selector.get_map():
        for key, _ in selector.select():
            stream = key.data
            if not stream.receive():
                continue
            answered, last = answered + 1, time.perf_counter()
            if last - begin < seconds:
                stream.send()
            else:
                selector.unregister(stream.socket)
                stream.socket.close()
    selector.close()
    return answered / (last - begin)


class _Stream:
    """A connection whose answer arrives in pieces."""

    buffer = bytearray(1 << 20)

    def __init__(self, target: Target, messages: list[bytes], first: int) -> None:
        self.socket = socket.create_connection((target.host, target.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._messages, self._index = messages, first
        self._left: int | None = None

    def send(self) -> None:
        self._left = None
        self.socket.sendall(self._messages[self._index % len(self._messages)])
        self._index += 1

    def receive(self) -> bool:
        """Take what is there; whether the answer is whole."""
        count = self.socket.recv_into(self.buffer)
        if not count:
            raise RuntimeError("The server closed the connection.")
        if self._left is None:
            # Headers come in the first piece: both servers write them at once.
            head = bytes(self.buffer[: min(count, 4096)]).lower()
            if not head.startswith(b"http/1.1 200"):
                raise RuntimeError(head[:300].decode(errors="replace"))
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            self._left = length - (count - head.index(b"\r\n\r\n") - 4)
        else:
            self._left -= count
        return self._left <= 0

"""A small HTTP client that costs the machine little: sockets kept open, requests prepared, answers only counted."""

import socket
import threading
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
    """Answers a second over `connections` connections that each ask without a pause."""
    messages = target.messages()
    counts, faults = [0] * connections, []
    begin = time.perf_counter()
    last = [begin] * connections

    def work(place: int) -> None:
        try:
            connection = Connection(target)
            index = place * len(messages) // connections
            while time.perf_counter() - begin < seconds:
                connection.ask(messages[index % len(messages)])
                counts[place] += 1
                last[place] = time.perf_counter()
                index += 1
            connection.close()
        except Exception as fault:  # noqa: BLE001 - raised below, in the thread that waits
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sum(counts) / (max(last) - begin)

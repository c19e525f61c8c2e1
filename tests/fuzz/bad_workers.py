"""Work that goes wrong, for the test of the crew itself."""

import os
import signal
import time
from multiprocessing.connection import Connection

from tests.fuzz.trial import Ending


def dies_or_hangs(connection: Connection) -> None:
    """By the sample's name: die, hang, or answer."""
    while (task := connection.recv()) is not None:
        if task[0] == "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        if task[0] == "hang":
            time.sleep(600)
        connection.send(Ending("instance"))

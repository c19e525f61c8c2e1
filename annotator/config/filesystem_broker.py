"""Messages as files that are whole when they appear.

Kombu's own transport opens a message's file under its final name and fills it afterwards: a worker
that looks in between reads an empty message and dies of it. Here a message is written under another
name and renamed, and one that can't be read (power went while it was written) counts as lost, which
the job rows make up for.
"""

import logging
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Kombu's channel with messages that appear at once."""

    # Kombu's two base classes name the argument differently: no signature satisfies both.
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        # The name begins with the time, since Kombu takes the names in their order.
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        draft = folder / f"{name}.draft"
        try:
            draft.write_bytes(str_to_bytes(dumps(payload)))
            os.replace(draft, folder / name)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        try:
            return super()._get(queue)
        except ValueError as error:
            logger.warning("A message of the queue %s can't be read and counts as lost.", queue)
            raise Empty from error


class Transport(filesystem.Transport):
    """What `filesystem://` means in this product."""

    Channel = Channel


TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"

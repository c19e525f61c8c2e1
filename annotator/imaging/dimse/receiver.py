"""The C-STORE and C-ECHO provider: who is let in, what is said to each object, and when intakes are closed."""

import errno
import logging
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import cast

from django.db import Error as DatabaseError
from django.db import close_old_connections
from pydicom.uid import UID, AllTransferSyntaxes
from pynetdicom import AE, _config, evt
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event, EventHandlerType
from pynetdicom.pdu_primitives import A_ASSOCIATE
from pynetdicom.presentation import PresentationContext
from pynetdicom.transport import ThreadedAssociationServer

from annotator.accounts.errors import RoomError
from annotator.imaging.actions.record_received_object import record_received_object
from annotator.imaging.actions.seal_received_intake import seal_deserted_intakes, seal_received_intake
from annotator.imaging.dimse.arriving_object import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from annotator.imaging.dimse.batches import Batches
from annotator.imaging.dimse.peers import Peers
from annotator.imaging.dimse.transport import ArrivingDataset, request_handler, source_of

logger = logging.getLogger(__name__)

VERIFICATION = "1.2.840.10008.1.1"
SUCCESS = 0x0000
# PS3.4 B.2.3: out of resources, the sender tries again later; cannot understand; PS3.7 C: processing failure.
OUT_OF_RESOURCES = 0xA700
CANNOT_UNDERSTAND = 0xC000
PROCESSING_FAILURE = 0x0110
# What passes: the sender shall keep the object and try again.
PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ESHUTDOWN)
# Result, source and diagnostic of PS3.8 9.3.4.
CALLING_TITLE_UNKNOWN = (1, 1, 3)
TEMPORARY_CONGESTION = (2, 3, 1)
TICK_SECONDS = 0.1
DESERTED_EVERY_SECONDS = 60.0


@dataclass(frozen=True)
class ReceiverOptions:
    """How to receive.

    Attributes
    ----------
    maximum_pdu : bytes; what senders are told that one PDU may hold.
    idle_seconds : after so long without an object an open association's intake is sealed, and the next begins.
    silence_seconds : after so long without a word an association is aborted.
    grace_seconds : how long the objects on their way may take when the receiver is told to stop.
    """

    title: str
    peers: Peers
    host: str = "0.0.0.0"  # noqa: S104  (senders are other machines)
    port: int = 11112
    maximum_associations: int = 16
    maximum_pdu: int = 131_072
    files_an_intake: int = 500
    idle_seconds: float = 10.0
    silence_seconds: float = 120.0
    grace_seconds: float = 20.0


class Receiver:
    """One listening application entity."""

    def __init__(self, options: ReceiverOptions) -> None:
        self.options = options
        self._batches = Batches(files_an_intake=options.files_an_intake, idle_seconds=options.idle_seconds)
        self._stopping = threading.Event()
        self._looked_for_deserted_at = 0.0
        # pynetdicom has these for the process only. Its own log lines hold UIDs, and values of odd messages.
        _config.UNRESTRICTED_STORAGE_SERVICE = True
        _config.LOG_HANDLER_LEVEL = "none"
        entity = AE(ae_title=options.title)
        entity.implementation_class_uid = IMPLEMENTATION_CLASS_UID
        entity.implementation_version_name = IMPLEMENTATION_VERSION_NAME
        entity.require_called_aet = True
        entity.require_calling_aet = options.peers.titles
        entity.maximum_associations = options.maximum_associations
        entity.maximum_pdu_size = options.maximum_pdu
        entity.network_timeout = options.silence_seconds
        entity.add_supported_context(VERIFICATION, [str(uid) for uid in AllTransferSyntaxes])
        handlers: list[EventHandlerType] = [
            (evt.EVT_REQUESTED, self._look_at_request),
            (evt.EVT_ACCEPTED, self._say_accepted),
            (evt.EVT_REJECTED, self._say_rejected),
            (evt.EVT_ABORTED, self._say_aborted),
            (evt.EVT_C_ECHO, _echo),
            (evt.EVT_C_STORE, self._store),
        ]
        self._entity = entity
        self._handlers = handlers
        self._server: ThreadedAssociationServer | None = None

    @property
    def port(self) -> int:
        """Where it listens; the free port that was found when 0 was asked for."""
        assert self._server is not None  # noqa: S101
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Seal what a dead receiver left open, then listen.

        Raises
        ------
        OSError : the port can't be had.
        """
        self._seal_deserted()
        options = self.options
        handler = request_handler(
            self._batches, most_connections=options.maximum_associations, network_timeout=options.silence_seconds
        )
        self._server = ThreadedAssociationServer(
            self._entity,
            (options.host, options.port),
            options.title,
            self._entity.supported_contexts,
            evt_handlers=self._handlers,
            request_handler=handler,
        )
        self._entity._servers.append(self._server)  # what its shutdown() stops
        serving = partial(self._server.serve_forever, poll_interval=TICK_SECONDS)
        threading.Thread(target=serving, name="dicom-receiver", daemon=True).start()
        titles = ", ".join(options.peers.titles)
        logger.info("%s listens on %s:%d for %s.", options.title, options.host, self.port, titles)

    def run(self, stop: threading.Event) -> None:
        """Seal what is due until told to stop, then stop."""
        while not stop.wait(TICK_SECONDS):
            self.tick()
        self.stop()

    def tick(self) -> None:
        """Seal the intakes of associations that are over, full or idle."""
        close_old_connections()
        try:
            self._seal_due()
            if time.monotonic() - self._looked_for_deserted_at >= DESERTED_EVERY_SECONDS:
                self._seal_deserted()
        except DatabaseError as error:
            # The rows and files stay as they are; the next tick, or the next start, finds them.
            name = type(error).__name__
            logger.warning("The database did not take the end of an intake (%s); it is tried again.", name)

    def stop(self) -> None:
        """Let no more in, finish the objects on their way, end the associations, seal."""
        self._stopping.set()
        self._batches.close()
        until = time.monotonic() + self.options.grace_seconds
        while self._batches.in_hand and time.monotonic() < until:
            time.sleep(TICK_SECONDS / 4)
        if self._entity.active_associations:
            time.sleep(TICK_SECONDS)  # for the last answers to leave
        self._entity.shutdown()
        self._seal_due(everything=True)
        logger.info("%s has stopped.", self.options.title)

    def _seal_due(self, *, everything: bool = False) -> None:
        for batch in self._batches.take_due(everything=everything):
            if batch.recorded:
                try:
                    seal_received_intake(batch.id)
                except DatabaseError:
                    self._batches.take_back(batch)
                    raise
                logger.info("Intake %s: %d objects, %s.", batch.id, batch.recorded, batch.source)
            batch.release()

    def _seal_deserted(self) -> None:
        self._looked_for_deserted_at = time.monotonic()
        for intake_id in seal_deserted_intakes():
            logger.warning("Intake %s was left open by a receiver that died; it is taken in now.", intake_id)

    def _look_at_request(self, event: Event) -> None:
        """Reject the right title from the wrong place, and prefer transfer syntaxes that are known here."""
        association = event.assoc
        title, peers = _title(association), self.options.peers
        reason: tuple[int, int, int] | None = None
        if self._stopping.is_set():
            reason = TEMPORARY_CONGESTION
        elif title in peers.titles and not peers.admit(title, association.requestor.address):
            reason = CALLING_TITLE_UNKNOWN
        if reason is not None:
            association.acse.send_reject(*reason)
            evt.trigger(association, evt.EVT_REJECTED, {})
            association.kill()
            return
        request = cast(A_ASSOCIATE, association.requestor.primitive)
        for context in request.presentation_context_definition_list:
            _prefer_known_syntaxes(context)

    def _say_accepted(self, event: Event) -> None:
        logger.info("Association with %s.", source_of(event.assoc))

    def _say_rejected(self, event: Event) -> None:
        association = event.assoc
        logger.warning(
            "Association rejected: calling AE title %r, called %r, from %s.",
            _title(association),
            str(cast(A_ASSOCIATE, association.requestor.primitive).called_ae_title).strip(),
            association.requestor.address,
        )

    def _say_aborted(self, event: Event) -> None:
        logger.warning("Association with %s was aborted.", source_of(event.assoc))

    def _store(self, event: Event) -> int:
        """Success means: the bytes are durable and a row knows of them. Whether they are an image is found later."""
        dataset = cast(C_STORE, event.request).DataSet
        arriving = dataset.arriving if isinstance(dataset, ArrivingDataset) else None
        if arriving is None:
            logger.warning("An object without a dataset from %s.", source_of(event.assoc))
            return CANNOT_UNDERSTAND
        try:
            found = arriving.finish()
        except OSError as error:
            # No traceback here and below: an error's text may hold a value of the object.
            logger.warning("An object from %s could not be written: %s.", source_of(event.assoc), error.strerror)
            return OUT_OF_RESOURCES if error.errno in PASSING else PROCESSING_FAILURE
        recorded = False
        try:
            close_old_connections()
            record_received_object(found)
            recorded = True
        except (DatabaseError, RoomError) as error:
            logger.warning("An object from %s has no row: %s.", source_of(event.assoc), type(error).__name__)
            found.path.unlink(missing_ok=True)
            return PROCESSING_FAILURE
        finally:
            arriving.end(recorded=recorded)
        return SUCCESS


def _echo(_event: Event) -> int:
    return SUCCESS


def _title(association: Association) -> str:
    primitive = association.requestor.primitive
    return str(primitive.calling_ae_title).strip() if primitive is not None else ""


def _prefer_known_syntaxes(context: PresentationContext) -> None:
    """Put first what pydicom knows by name: the acceptor takes the first, private or not."""
    known: list[str | bytes | UID] = [uid for uid in context.transfer_syntax if uid in AllTransferSyntaxes]
    if known:
        context.transfer_syntax = known

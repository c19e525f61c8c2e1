"""pynetdicom's network side with bounds: no PDU larger than any sender needs, objects to disk as they come."""

import socket
from io import BytesIO
from typing import Any, cast

from pynetdicom.association import Association
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import DIMSEMessage
from pynetdicom.pdu_primitives import P_DATA
from pynetdicom.transport import AssociationSocket, RequestHandler

from annotator.imaging.dimse.arriving_object import ArrivingObject, ObjectNames
from annotator.imaging.dimse.batches import Batches

# An association request of 128 contexts with every transfer syntax takes about 200 kB.
LARGEST_PDU = 1 << 20
C_STORE_REQUEST = 0x0001
# Connections that have not asked for an association yet, beyond the associations that are let in.
SPARE_CONNECTIONS = 16


class BoundedSocket(AssociationSocket):
    """Reads a PDU into one buffer, and none that is larger than it may be."""

    def recv(self, nr_bytes: int) -> bytearray:
        """That many bytes; fewer when the connection ended, none when there would be too many.

        Raises
        ------
        OSError : the connection broke, or nothing came for the network timeout.
        """
        if nr_bytes > LARGEST_PDU:
            return bytearray()
        connection = cast(socket.socket, self.socket)
        buffer = bytearray(nr_bytes)
        view = memoryview(buffer)
        read = 0
        while read < nr_bytes:
            count = connection.recv_into(view[read:])
            if count == 0:
                break
            read += count
        view.release()
        return buffer[:read]


class AssociationSender:
    """An association as the batches see it."""

    def __init__(self, association: Association) -> None:
        self._association = association

    def is_over(self) -> bool:
        return not self._association.is_alive() and not self._association.dul.is_alive()


class ArrivingDataset(BytesIO):
    """Where pynetdicom writes a message's dataset: to disk for a C-STORE, else to memory as it always does."""

    def __init__(self, message: DIMSEMessage, service: "ObjectService") -> None:
        super().__init__()
        self._message = message
        self._service = service
        self.arriving: ArrivingObject | None = None

    def write(self, piece: Any) -> int:
        command = self._message.command_set
        if command.get("CommandField") != C_STORE_REQUEST:
            return super().write(piece)
        if self.arriving is None:
            self.arriving = self._service.begin(self._message)
        self.arriving.write(piece)
        return len(piece)


class ObjectService(DIMSEServiceProvider):
    """The DIMSE provider of one association, with its objects on disk instead of in memory."""

    def __init__(self, association: Association, batches: Batches) -> None:
        super().__init__(association)
        self._batches = batches
        self._sender = AssociationSender(association)

    def receive_primitive(self, primitive: P_DATA) -> None:
        if self.message is None:
            self.message = DIMSEMessage()
            self.message.data_set = ArrivingDataset(self.message, self)
        super().receive_primitive(primitive)

    def begin(self, message: DIMSEMessage) -> ArrivingObject:
        """An object begins to arrive."""
        command = message.command_set
        context = self.assoc._accepted_cx.get(cast(int, message.context_id))
        names = ObjectNames(
            sop_class_uid=str(command.get("AffectedSOPClassUID", "")),
            sop_instance_uid=str(command.get("AffectedSOPInstanceUID", "")),
            transfer_syntax_uid=str(context.transfer_syntax[0]) if context is not None else "",
        )
        return ArrivingObject(self._batches, self._sender, source=source_of(self.assoc), names=names)


def source_of(association: Association) -> str:
    """Where an intake of this association is said to come from."""
    return f"DICOM {association.requestor.ae_title} from {association.requestor.address}"


def request_handler(batches: Batches, *, most_connections: int, network_timeout: float) -> type[RequestHandler]:
    """What pynetdicom does with a new connection, given these bounds."""

    class Handler(RequestHandler):
        def handle(self) -> None:
            server = self.server
            connection = cast(socket.socket, self.request)
            if len(server.active_associations) >= most_connections + SPARE_CONNECTIONS:
                server.shutdown_request(connection)
                return
            # An accepted socket has no timeout of its own: a sender that stops within a PDU would stay for ever.
            connection.settimeout(network_timeout)
            super().handle()

        def _create_association(self) -> Association:
            association = super()._create_association()
            association.dimse = ObjectService(association, batches)
            # Not a new one: making it would tell the state machine of a second connection.
            cast(AssociationSocket, association.dul.socket).__class__ = BoundedSocket
            return association

    return Handler

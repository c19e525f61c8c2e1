"""manage.py receive: take DICOM objects in over the network (C-STORE, C-ECHO)."""

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from annotator.imaging.dimse.errors import PeerError
from annotator.imaging.dimse.peers import parse_peers, valid_title
from annotator.imaging.dimse.receiver import Receiver, ReceiverOptions


class Command(BaseCommand):
    help = (
        "Receives DICOM objects from the machines and archives that are named with --peer or in DICOM_PEERS, until it "
        "is told to stop (TERM or Ctrl-C finishes the objects on their way). Every association becomes an intake; the "
        "worker takes it in."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = ReceiverOptions("X", parse_peers(["X"]))
        parser.add_argument("--aet", default=settings.DICOM_AET, help="our AE title (default: %(default)s)")
        parser.add_argument("--host", default=default.host, help="the address to listen on (default: all)")
        parser.add_argument("--port", type=int, default=settings.DICOM_PORT, help="(default: %(default)s)")
        parser.add_argument(
            "--peer",
            action="append",
            default=[],
            metavar="AET[@HOST]",
            help="who may send: a calling AE title, from anywhere or from one host, address or network; may be "
            "repeated. Added to those of DICOM_PEERS",
        )
        parser.add_argument("--max-associations", type=int, default=default.maximum_associations)
        parser.add_argument("--max-pdu", type=int, default=default.maximum_pdu, help="bytes (default: %(default)s)")
        parser.add_argument(
            "--files-per-intake",
            type=int,
            default=default.files_an_intake,
            help="a long association's objects are taken in so many at a time (default: %(default)s)",
        )
        parser.add_argument(
            "--idle-seconds",
            type=float,
            default=default.idle_seconds,
            help="an association that sends nothing for so long has its objects taken in (default: %(default)s)",
        )
        parser.add_argument(
            "--silence-seconds",
            type=float,
            default=default.silence_seconds,
            help="an association without a word for so long is ended (default: %(default)s)",
        )
        parser.add_argument("--grace-seconds", type=float, default=default.grace_seconds)

    def handle(self, *args: Any, **options: Any) -> None:
        # pynetdicom's own lines hold UIDs: only for whoever asks for them.
        logging.getLogger("pynetdicom").setLevel(logging.DEBUG if options["verbosity"] >= 3 else logging.CRITICAL)
        try:
            receiver = Receiver(
                ReceiverOptions(
                    title=valid_title(options["aet"]),
                    peers=parse_peers([*options["peer"], settings.DICOM_PEERS]),
                    host=options["host"],
                    port=options["port"],
                    maximum_associations=options["max_associations"],
                    maximum_pdu=options["max_pdu"],
                    files_an_intake=max(1, options["files_per_intake"]),
                    idle_seconds=options["idle_seconds"],
                    silence_seconds=options["silence_seconds"],
                    grace_seconds=options["grace_seconds"],
                )
            )
            receiver.start()
        except PeerError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Port {options['port']} can't be had: {error.strerror}.") from error
        stop = threading.Event()
        for wanted in (signal.SIGTERM, signal.SIGINT):
            signal.signal(wanted, lambda _number, _frame: stop.set())
        self.stdout.write(f"{receiver.options.title} listens on {options['host']}:{receiver.port}")
        self.stdout.flush()
        receiver.run(stop)

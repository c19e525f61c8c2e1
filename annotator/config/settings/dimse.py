"""Receiving over the DICOM network; `manage.py receive` reads these."""

import os

DICOM_AET = os.environ.get("DICOM_AET", "READINGROOM")
DICOM_PORT = int(os.environ.get("DICOM_PORT", "11112"))
# "PACS@10.0.0.5,CT1": who may send, each AE title from anywhere or from one host, address or network.
DICOM_PEERS = os.environ.get("DICOM_PEERS", "")

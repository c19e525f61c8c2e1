"""What calipers measure is described in the document as it is sent."""

from api.v1.records import CaliperAxisSerializer, CaliperLengthsSerializer
from ml_assist.caliper_lengths import CaliperAxisRecord, CaliperLengthsRecord


def test_the_document_names_every_member_of_what_calipers_measure() -> None:
    assert CaliperLengthsSerializer().fields.keys() == CaliperLengthsRecord.__annotations__.keys()
    assert CaliperAxisSerializer().fields.keys() == CaliperAxisRecord.__annotations__.keys()

"""dicomweb-client against the product as it is started: what Django's test server can't do, bodies in chunks."""

import numpy as np
import pydicom
import pydicom.data
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.uid import generate_uid

from tests.fixtures.people import PASSWORD
from tests.fixtures.product import ReadingRoom


def test_a_large_instance_goes_in_by_chunks_and_comes_out_by_frames(reading_room: ReadingRoom) -> None:
    account = {"username": "data_manager", "password": PASSWORD}
    token = requests.post(f"{reading_room.base_url}/api/v1/auth/token", json=account, timeout=30).json()["token"]
    session = requests.Session()
    session.headers["Authorization"] = f"Token {token}"
    client = DICOMwebClient(f"{reading_room.base_url}/dicomweb", session=session)
    dataset = pydicom.dcmread(pydicom.data.get_testdata_file("CT_small.dcm"))
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.SeriesInstanceUID, dataset.StudyInstanceUID = generate_uid(), generate_uid()
    dataset.PatientID = "in chunks"
    dataset.Rows = dataset.Columns = 1000
    dataset.PixelData = np.arange(1_000_000, dtype="<u2").tobytes()  # twice dicomweb-client's chunk
    answer = client.store_instances([dataset])

    assert [one.ReferencedSOPInstanceUID for one in answer.ReferencedSOPSequence] == [dataset.SOPInstanceUID]
    reading_room.wait_for_jobs()
    uids = (dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID)
    assert client.retrieve_instance_frames(*uids, frame_numbers=[1]) == [dataset.PixelData]
    assert client.retrieve_instance(*uids) == dataset
    (study,) = client.search_for_studies(search_filters={"PatientID": "in chunks"})
    assert requests.get(study["00081190"]["Value"][0], headers=session.headers, timeout=30).status_code == 200

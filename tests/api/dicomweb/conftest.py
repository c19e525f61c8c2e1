"""A data manager's client, and stores."""

import pytest
import requests
from dicomweb_client.api import DICOMwebClient
from django.test import Client

from annotator.accounts.models import User
from annotator.imaging.dicomweb.retrieval import forget_frames
from tests.api.dicomweb.served import token_of


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Other tests have instances of the same names."""
    forget_frames()


@pytest.fixture
def manager(data_manager: User, frame_store: object) -> Client:
    """A signed-in data manager's client, with empty stores behind it."""
    client = Client()
    client.force_login(data_manager)
    return client


@pytest.fixture
def dicomweb(live_server, transactional_db, frame_store: object) -> DICOMwebClient:
    """dicomweb-client as it is, with a data manager's token, against a live server with empty stores."""
    session = requests.Session()
    session.headers["Authorization"] = f"Token {token_of('data_manager')}"
    return DICOMwebClient(f"{live_server.url}/dicomweb", session=session)

"""Who may send."""

import pytest

from annotator.imaging.dimse.errors import PeerError
from annotator.imaging.dimse.peers import Peer, parse_peers


def test_peers_are_read_from_options_and_from_one_text_between_commas():
    found = parse_peers(["PACS@10.0.0.5", " CT 1 , US1@10.1.0.0/16,"])
    assert found.peers == (Peer("PACS", "10.0.0.5"), Peer("CT 1"), Peer("US1", "10.1.0.0/16"))
    assert found.titles == ["CT 1", "PACS", "US1"]


@pytest.mark.parametrize(
    ("title", "address", "admitted"),
    [
        ("PACS", "10.0.0.5", True),
        ("PACS", "::ffff:10.0.0.5", True),
        ("PACS", "10.0.0.6", False),
        ("pacs", "10.0.0.5", False),
        ("US1", "10.1.200.3", True),
        ("US1", "10.2.0.1", False),
        ("CT1", "192.168.7.7", True),
        ("LOCAL", "127.0.0.1", True),
        ("LOCAL", "10.0.0.5", False),
        ("GONE", "10.0.0.5", False),
        ("", "10.0.0.5", False),
    ],
)
def test_a_peer_is_let_in_by_its_title_and_its_place(title, address, admitted):
    peers = parse_peers(["PACS@10.0.0.5,CT1,US1@10.1.0.0/16,LOCAL@localhost,GONE@no-such-host.invalid"])
    assert peers.admit(title, address) is admitted


@pytest.mark.parametrize("texts", [[], [""], [" , "]])
def test_without_peers_nobody_is_let_in_and_the_command_says_so(texts):
    with pytest.raises(PeerError, match="name at least one peer"):
        parse_peers(texts)


@pytest.mark.parametrize("text", ["A" * 17, "BACK\\SLASH", "@10.0.0.5", "ÄRZTE", "TAB\tTAB"])
def test_what_is_no_ae_title_is_refused_in_words(text):
    with pytest.raises(PeerError, match="is no AE title"):
        parse_peers([text])

"""The audit trail as a page."""

from annotator.accounts.actions.record_audit import record_audit
from annotator.accounts.models import User
from tests.frontend.conftest import ClientFor


def test_the_trail_is_shown_newest_first_and_can_be_narrowed(
    admin: User, data_manager: User, client_for: ClientFor
) -> None:
    record_audit(data_manager, "start_intake", target_kind="intake", target_id="one", detail={"source": "upload"})
    record_audit(admin, "change_role", target_kind="person", target_id="two", detail={"from": "a", "to": "b"})
    record_audit(None, "sweep", target_kind="job", target_id="three")
    client = client_for(admin)

    def actions(query: str) -> list[str]:
        return [entry.action for entry, _ in client.get(f"/audit/?{query}").context["entries"]]

    assert actions("") == ["sweep", "change_role", "start_intake"]
    assert actions(f"who={data_manager.pk}") == ["start_intake"]
    assert actions("action=change_role") == ["change_role"]
    assert actions("target=job") == ["sweep"]
    assert actions("target=two") == ["change_role"]
    assert actions("target=nothing") == []
    page = client.get("/audit/").content.decode()
    assert "from: a, to: b" in page
    assert "the system" in page

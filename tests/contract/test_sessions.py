"""POST /api/session and what is said of it, against any deployment."""

from __future__ import annotations

import time
import uuid
from typing import Any

from tests.conftest import Deployment


def test_a_session_is_stored_replaced_counted_and_erased(deployment: Deployment) -> None:
    person, session = str(uuid.uuid4()), str(uuid.uuid4())
    before = _report(deployment)
    sent: dict[str, Any] = {"session_id": session, "anonymous_id": person, "test": True}
    for turns in (2, 5, 3):
        ended = int((time.time() - 100 + turns) * 1000)
        answer = deployment.send("POST", "/api/session", sent | {"turns": turns, "cost_usd": 0.25, "ended_at": ended})
        assert answer.json()["success"] is True
        assert answer.json().get("duplicate", False) is (turns == 3)
    after = _report(deployment)
    assert after["sessions"] - before["sessions"] == 1
    assert after["turns"] - (before["turns"] or 0) == 5
    assert round(after["cost_usd"] - (before["cost_usd"] or 0), 6) == 0.25
    deleted = deployment.send("DELETE", "/api/user", {"anonymous_id": person}).json()
    assert deleted == {"success": True, "deleted": 1}
    assert _report(deployment)["sessions"] == before["sessions"]


def _report(deployment: Deployment) -> dict[str, Any]:
    report: dict[str, Any] = deployment.report("sessions", days=2, include_test=1)
    return report

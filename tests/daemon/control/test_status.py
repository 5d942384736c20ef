"""What `status` is told."""

from __future__ import annotations

import json
from dataclasses import asdict

from clonewatch.control.status import SourceStatus, Status


def test_a_status_is_json() -> None:
    source = SourceStatus(name="rvcd-a", kind="tali tap", state="open")
    status = Status(version="1", mode="test", state="ready", since="", sources=(source,))
    assert json.loads(json.dumps(asdict(status)))["sources"][0]["name"] == "rvcd-a"

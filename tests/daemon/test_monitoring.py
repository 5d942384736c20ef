"""Metrics, health and readiness over HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import urllib.error
import urllib.request
from typing import Any

from clonewatch.addresses import Address
from clonewatch.metrics import Metrics
from clonewatch.monitoring import Monitoring
from network import HOST


def get(port: int, path: str) -> tuple[int, str, bytes]:
    """Status, content type and body."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}") as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


async def look(port: int, path: str) -> tuple[int, Any]:
    status, _, body = await asyncio.to_thread(get, port, path)
    return status, json.loads(body)


def test_health_and_readiness_say_what_is_wrong() -> None:
    unwell: list[str] = []
    not_ready = ["the window is being filled"]

    async def main() -> None:
        metrics = Metrics("1.2.3")
        metrics.add(lambda: {"conflicts": 3})
        monitoring = Monitoring(metrics, unwell=lambda: unwell, not_ready=lambda: not_ready)
        await monitoring.start(Address(HOST, 0))
        port = monitoring.port
        assert await look(port, "/health") == (200, {"ok": True, "problems": []})
        assert await look(port, "/ready") == (503, {"ok": False, "problems": not_ready})
        unwell.append("record file: No space left on device")
        assert await look(port, "/health") == (503, {"ok": False, "problems": unwell})
        status, kind, body = await asyncio.to_thread(get, port, "/metrics")
        assert status == 200
        assert kind.startswith("text/plain; version=")
        assert b"clonewatch_conflicts_total 3.0\n" in body
        assert (await asyncio.to_thread(get, port, "/"))[0] == 404
        await monitoring.stop()

    asyncio.run(main())


def test_a_look_is_taken_before_metrics_are_read() -> None:
    counts = {"conflicts": 0}

    async def look() -> None:
        counts["conflicts"] += 1

    async def main() -> None:
        metrics = Metrics("1")
        metrics.add(lambda: counts)
        monitoring = Monitoring(metrics, unwell=list, not_ready=list, look=look)
        await monitoring.start(Address(HOST, 0))
        for expected in (b"clonewatch_conflicts_total 1.0\n", b"clonewatch_conflicts_total 2.0\n"):
            _, _, body = await asyncio.to_thread(get, monitoring.port, "/metrics")
            assert expected in body
        await monitoring.stop()

    asyncio.run(main())


def test_a_socket_of_systemd_is_as_good() -> None:
    async def main() -> None:
        listening = socket.create_server((HOST, 0))
        monitoring = Monitoring(Metrics("1"), unwell=list, not_ready=list)
        await monitoring.start(listening)
        assert monitoring.port == listening.getsockname()[1]
        assert (await look(monitoring.port, "/ready"))[0] == 200
        await monitoring.stop()

    asyncio.run(main())

"""A real `clonewatch run`, in a process and a state directory of its own, to be measured."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from prometheus_client.parser import text_string_to_metric_families

from bench.live_traffic import write_travel
from bench.processes import COMMAND, ENVIRONMENT, OUT, peak_mib
from clonewatch.control.client import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Metrics = dict[tuple[str, str], float]  # by name, and the source or link, if any

START_S: Final = 180.0
STOP_S: Final = 90.0
LOOK_EVERY_S: Final = 0.05
ALARMS: Final = "alarms.jsonl"


class Daemon:
    """The daemon that runs in *folder*."""

    def __init__(self, folder: Path, metrics_port: int) -> None:
        self._folder = folder
        self._metrics = f"http://127.0.0.1:{metrics_port}/metrics"
        self._lines: queue.Queue[tuple[float, dict[str, Any]] | None] = queue.Queue()
        self.ready_s: float | None = None  # from the start of the process
        self.filling_s = 0.0  # of these, for the window
        self.registrations_filled = 0
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            [str(COMMAND), "run", "-c", str(folder / "clonewatch.toml")],
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def cpu_s(self) -> float:
        """CPU time of all its threads so far."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        after_name = stat.rpartition(")")[2].split()  # proc(5): from the state on
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def peak_mib(self) -> float:
        """The most memory it has held."""
        return peak_mib(self._process.pid)

    def start(self) -> None:
        """Wait until it is ready."""
        end = time.monotonic() + START_S
        while self.ready_s is None:
            try:
                told = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise SystemExit(f"bench: the daemon is not ready after {START_S:g} s") from None
            if told is None:
                raise SystemExit("bench: the daemon ended before it was ready")
            at, line = told
            if line["event"] == "window_rebuilt":
                self.registrations_filled = line["registrations"]
                self.filling_s = line["seconds"]
            elif line["event"] == "started":
                self.ready_s = at - self._began

    def ports(self) -> dict[str, int]:
        """Where its links listen, by name, as long as nobody has connected."""
        status = ask(self._folder / "control.sock", "GET", "/status")
        return {
            source["name"]: int(source["state"].rpartition(":")[2]) for source in status["sources"]
        }

    def metrics(self) -> Metrics:
        """What it counts."""
        with urllib.request.urlopen(self._metrics) as answer:  # noqa: S310  # our own address
            text = answer.read().decode()
        return {
            (
                sample.name.removeprefix("clonewatch_"),
                sample.labels.get("source", sample.labels.get("link", "")),
            ): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def wait(self, seconds: float, until: Callable[[Metrics], bool]) -> Metrics:
        """Wait for something in the metrics, but no longer: what they are then."""
        end = time.monotonic() + seconds
        while not until(metrics := self.metrics()) and time.monotonic() < end:
            time.sleep(LOOK_EVERY_S)
        return metrics

    def stop(self) -> None:
        """End it, as an operator would."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put((time.monotonic(), json.loads(line)))
        self._lines.put(None)


@contextmanager
def folder() -> Iterator[Path]:
    """A state directory on a disk, gone afterwards."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="live-", dir=OUT) as name:
        yield Path(name)


@contextmanager
def daemon(
    where: Path,
    links: Sequence[str],
    *,
    mode: str = "test",
) -> Iterator[Daemon]:
    """A daemon that has started; it is stopped at the end."""
    port = _free_port()
    _configure(where, links, mode, port)
    running = Daemon(where, port)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def _configure(where: Path, links: Sequence[str], mode: str, metrics_port: int) -> None:
    write_travel(where / "travel.csv")
    lines = [
        f'mode = "{mode}"',
        'state_directory = "state"',
        '[tables]\ntravel = "travel.csv"',
        "[window]\nfresh_seconds = 0",
        "[cases]\nsuspect_msids = 1_000_000",  # every clone is to be told by itself
        f'[[alarms]]\nname = "file"\nkind = "file"\nfile = "{ALARMS}"',
        '[control]\nsocket = "control.sock"',
        f'[metrics]\nlisten = "127.0.0.1:{metrics_port}"',
    ]
    lines += [
        f'[[links]]\nname = "{name}"\ntransport = "tali"\nrole = "tap"\n'
        'listen = "127.0.0.1:0"\npeers = ["127.0.0.0/8"]'
        for name in links
    ]
    (where / "clonewatch.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port

"""Others' programs that take alarms: Net-SNMP's snmptrapd, rsyslogd, Prometheus' Alertmanager."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from lines import whole_lines
from network import HOST, WITHIN_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OIDS: Final = "1.3.6.1.4.1.8072.9999.9999.4141"  # CLONEWATCH-MIB's, under netSnmpPlaypen
TRAPS: Final = {1: "raised", 2: "changed", 3: "cleared"}
TRAP: Final = re.compile(
    rf"OID: \.{re.escape(OIDS)}\.0\.(\d).*"
    rf"\.{re.escape(OIDS)}\.1\.1\.0 = Gauge32: (\d+).*"
    rf'\.{re.escape(OIDS)}\.1\.2\.0 = STRING: "([^"]*)"'
)
MESSAGE: Final = re.compile(r"\ufeff(\S+) (\w+): .* \(notification (\d+), count \d+\)")
LOOK_EVERY_S: Final = 0.01


class Told(NamedTuple):
    """A notice that arrived."""

    number: int
    change: str
    alarm: str


class Trapd:
    """snmptrapd on a free port of loopback; it knows one user, `keys` has the passphrases."""

    def __init__(self, folder: Path, authentication: str = "SHA-256", privacy: str = "AES") -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        configuration = folder / "snmptrapd.conf"
        configuration.write_text(
            f"createUser watcher {authentication} openseveral {privacy} neverguessed\n"
            "authUser log watcher priv\n"
        )
        self._log = folder / "snmptrapd.log"
        command = ["snmptrapd", "-f", "-C", "-c", str(configuration), "-m", "", "-On", "-t"]
        command += ["-Lf", str(self._log), "-n", f"udp:{HOST}:{self.port}"]
        self._process = subprocess.Popen(
            command,
            stderr=subprocess.DEVNULL,
            env={"SNMP_PERSISTENT_DIR": str(folder / "var"), "PATH": "/usr/sbin:/usr/bin"},
        )
        _wait_for(self._log, "NET-SNMP version", self._process)

    @property
    def lines(self) -> list[str]:
        """The notifications it took."""
        return [line for line in whole_lines(self._log) if OIDS in line]

    def told(self) -> Iterator[Told]:
        """What it took."""
        for line in self.lines:
            match = TRAP.search(line)
            assert match is not None, line
            yield Told(int(match[2]), TRAPS[int(match[1])], match[3])

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()


def keys(folder: Path) -> tuple[Path, Path]:
    """Files with the passphrases that `Trapd` knows: of authentication and of privacy."""
    paths = folder / "auth", folder / "priv"
    for path, words in zip(paths, ("openseveral", "neverguessed"), strict=True):
        path.write_text(words + "\n")
    return paths


class Syslogd:
    """rsyslogd, over TCP on a free port of loopback; it writes each message as it came."""

    def __init__(self, folder: Path) -> None:
        port, self._log = folder / "rsyslogd.port", folder / "rsyslogd.log"
        self._log.touch()
        configuration = folder / "rsyslogd.conf"
        configuration.write_text(f"""global(workDirectory="{folder}")
module(load="imtcp")
input(type="imtcp" address="{HOST}" port="0" listenPortFileName="{port}")
template(name="whole" type="string" string="%rawmsg%\\n")
action(type="omfile" file="{self._log}" template="whole")
""")
        command = ["rsyslogd", "-n", "-f", str(configuration), "-i", str(folder / "rsyslogd.pid")]
        self._process = subprocess.Popen(command)
        self.port = int(_wait_for(port, "", self._process))

    @property
    def lines(self) -> list[str]:
        """The messages it took."""
        return whole_lines(self._log)

    def told(self) -> Iterator[Told]:
        """What it took."""
        for line in self.lines:
            match = MESSAGE.search(line)
            assert match is not None, line
            yield Told(int(match[3]), match[2], match[1])

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()


class Alertmanager:
    """Debian's Alertmanager on a free port of loopback."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server((HOST, 0)) as free:
            self.url = f"http://{HOST}:{free.getsockname()[1]}"
        (folder / "am.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
        command = ["prometheus-alertmanager", f"--config.file={folder / 'am.yml'}"]
        command += [f"--web.listen-address={self.url.removeprefix('http://')}"]
        command += ["--cluster.listen-address=", f"--storage.path={folder / 'data'}"]
        log = folder / "alertmanager.log"
        with log.open("wb") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said)
        _wait_for(log, "Listening on", self._process)

    def active(self) -> list[dict[str, str]]:
        """The labels of the alerts that are active."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"))
        connection.request("GET", "/api/v2/alerts")
        alerts = json.load(connection.getresponse())
        connection.close()
        return [alert["labels"] for alert in alerts]

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()


def _wait_for(path: Path, holds: str, process: subprocess.Popen[bytes]) -> str:
    """The text of a file, once it is there and has something; its writer must live."""
    until = time.monotonic() + WITHIN_S
    while not path.exists() or not (text := path.read_text()) or holds not in text:
        assert process.poll() is None, f"{path}: its writer has ended"
        assert time.monotonic() < until, f"{path}: never holds {holds!r}"
        time.sleep(LOOK_EVERY_S)
    return text

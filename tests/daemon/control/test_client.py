"""The command's end, where the daemon is not as it should be. `test_server` has the rest."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from clonewatch.control.client import ask
from clonewatch.errors import ControlError

if TYPE_CHECKING:
    from pathlib import Path


def answering(path: Path, octets: bytes) -> None:
    """What `ask` makes of an answer."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer() -> None:
            connected, _ = listening.accept()
            with connected:
                connected.recv(65536)
                connected.sendall(octets)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            ask(path, "GET", "/status")
        finally:
            thread.join()


def test_a_daemon_that_is_not_there_is_said_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with pytest.raises(ControlError) as caught:
        ask(path, "GET", "/status")
    assert str(caught.value) == f"{path}: no daemon answers here: No such file or directory"


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "no daemon answers here: Remote end closed"),
        (b"what?\r\n\r\n", "no daemon answers here: what?"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "no daemon answers here: "),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{", "GET /status: 200 OK"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}", "500 Oh"),
    ],
)
def test_an_answer_that_is_none_is_said(tmp_path: Path, octets: bytes, words: str) -> None:
    with pytest.raises(ControlError) as caught:
        answering(tmp_path / "control.sock", octets)
    assert words in str(caught.value)

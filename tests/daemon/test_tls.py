"""Certificates: which are used, and what is said of those that cannot be."""

from __future__ import annotations

import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from clonewatch.config.links import Tls
from clonewatch.errors import InputError
from clonewatch.tls import context_of
from network import certificate

if TYPE_CHECKING:
    from pathlib import Path


def test_an_authority_asks_everybody_for_a_certificate(tmp_path: Path) -> None:
    crt, key = certificate(tmp_path, "ours")
    named = context_of(Tls(certificate=crt, key=key, authority=crt), listens=True)
    assert named.verify_mode is ssl.CERT_REQUIRED
    assert len(named.get_ca_certs()) == 1
    assert context_of(Tls(certificate=crt, key=key), listens=True).verify_mode is ssl.CERT_NONE


def test_who_connects_looks_at_the_host(tmp_path: Path) -> None:
    crt, _ = certificate(tmp_path, "theirs")
    context = context_of(Tls(authority=crt), listens=False)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    crt, key = certificate(tmp_path, "ours")
    for tls, missing in (
        (Tls(certificate=tmp_path / "a", key=key), "a"),
        (Tls(certificate=crt, key=tmp_path / "b"), "b"),
        (Tls(authority=tmp_path / "c"), "c"),
    ):
        with pytest.raises(InputError, match=f"{missing}: cannot be read: No such file"):
            context_of(tls, listens=True)


def test_a_key_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    crt, key = certificate(tmp_path, "ours")
    key.chmod(0o644)
    with pytest.raises(InputError, match="everybody may read this key"):
        context_of(Tls(certificate=crt, key=key), listens=True)


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    crt, _ = certificate(tmp_path, "ours")
    _, key = certificate(tmp_path, "theirs")
    with pytest.raises(InputError, match="belong together"):
        context_of(Tls(certificate=crt, key=key), listens=True)


def test_what_is_no_pem_is_refused(tmp_path: Path) -> None:
    crt, key = certificate(tmp_path, "ours")
    crt.write_text("no certificate", encoding="utf-8")
    with pytest.raises(InputError, match="holds no certificates"):
        context_of(Tls(authority=crt), listens=True)
    with pytest.raises(InputError, match="no certificate and key in PEM"):
        context_of(Tls(certificate=crt, key=key), listens=True)


def test_nobody_is_asked_for_the_password_of_a_key(tmp_path: Path) -> None:
    crt, key = certificate(tmp_path, "ours")
    locked = tmp_path / "locked.key"
    command = ["openssl", "ec", "-aes128", "-passout", "pass:word"]
    subprocess.run(
        [*command, "-in", str(key), "-out", str(locked)], check=True, capture_output=True
    )
    locked.chmod(0o600)
    with pytest.raises(InputError, match="the key is encrypted"):
        context_of(Tls(certificate=crt, key=locked), listens=True)

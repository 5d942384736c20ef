"""TLS of links: certificates and keys from files."""

from __future__ import annotations

import ssl
import stat
from typing import TYPE_CHECKING

from clonewatch.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.config.links import Tls


def context_of(tls: Tls, *, listens: bool) -> ssl.SSLContext:
    """The context of a link that *listens* or connects. Raises InputError.

    Who listens to links with an authority lets nobody in without a certificate of it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if listens else ssl.PROTOCOL_TLS_CLIENT)
    if tls.authority is not None:
        _read(tls.authority)
        try:
            context.load_verify_locations(tls.authority)
        except ssl.SSLError as error:
            raise InputError(tls.authority, f"holds no certificates in PEM: {error}") from None
        context.verify_mode = ssl.CERT_REQUIRED
    if tls.certificate is not None and tls.key is not None:
        _load_own(context, tls.certificate, tls.key)
    return context


def _load_own(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    _read(certificate)
    mode = _read(key)
    if mode & stat.S_IROTH:
        raise InputError(key, "everybody may read this key: chmod o-r")
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (ssl.SSLError, ValueError) as error:
        told = f"no certificate and key in PEM that belong together: {error}"
        raise InputError(certificate, f"with {key}: {told}") from None


def _read(path: Path) -> int:
    """Mode of a file that can be read. OpenSSL does not say which of its files it could not."""
    try:
        with path.open("rb"):
            return path.stat().st_mode
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from None


def _no_password() -> str:
    """OpenSSL would ask the terminal."""
    raise ValueError("the key is encrypted, and nobody is there to type its password")

"""Whom the sync trusts under https: TLS 1.3, a checked name, and the certificates IT has chosen."""

import ssl
from pathlib import Path


def trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """A context that trusts the certificates in `ca_file` alone, or what the system trusts.

    Raises:
        OSError: The file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context

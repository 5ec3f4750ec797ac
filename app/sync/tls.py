"""Whom a station believes under https: the authorities it has pinned, TLS 1.3, a checked name.

Never what the system trusts: a hundred authorities there may sign for any name. Which authorities
are pinned is `app.sync.pins`' business.
"""

import ssl
from pathlib import Path

from app.errors import Trouble

_UNPROVEN = (
    "What answers at the ledger's address cannot prove that it is the ledger. Nothing was sent;"
    " work goes on and is kept here. "
)
# By OpenSSL's number (X509_V_ERR_…) of what was wrong with the certificate.
_EXPIRED = 10
_NOT_YET = 9
_OTHER_NAME = frozenset({62, 64})


def trust(authorities: str, own: Path | None = None) -> ssl.SSLContext:
    """A context that believes these authorities and nobody else.

    Args:
        authorities: One or more certificates, PEM.
        own: Certificate and key of this station in one PEM file, where the ledger asks for one.

    Raises:
        Trouble: There is no certificate in one of them.
    """
    try:
        context = ssl.create_default_context(cadata=authorities)
    except (ValueError, ssl.SSLError) as error:
        raise Trouble(
            "The ledger's pinned certificate cannot be read. Pin it again: start with "
            "--ca-fingerprint, as `packhouse ledger tls show` tells it.",
            detail=repr(error),
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if own is not None:
        try:
            context.load_cert_chain(own)
        except (OSError, ssl.SSLError) as error:
            raise Trouble(
                f"{own} does not hold this station's certificate and key. Put both into that file, "
                "PEM, or take --client-cert out.",
                detail=repr(error),
            ) from error
    return context


def blind() -> ssl.SSLContext:
    """A context that believes anybody; only to fetch what is then compared with a fingerprint."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def ssl_error_in(error: BaseException | None) -> ssl.SSLError | None:
    """The TLS error behind an error, if there is one."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


def is_cut(error: ssl.SSLError) -> bool:
    """Whether the line broke, rather than somebody being unbelievable."""
    return isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError))


def why(error: ssl.SSLError) -> str:
    """The sentence for a TLS error: what is wrong, and who can mend it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _UNPROVEN + _why_not_believed(error.verify_code)
    match error.reason:
        case "WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "HTTPS_PROXY_REQUEST":
            return _UNPROVEN + (
                "It speaks plain http where https was expected. Ask IT what stands between."
            )
        case "UNSUPPORTED_PROTOCOL" | "TLSV1_ALERT_PROTOCOL_VERSION" | "NO_PROTOCOLS_AVAILABLE":
            return _UNPROVEN + "It speaks no TLS 1.3. Ask IT to bring it up to date."
        case str() as reason if "CERTIFICATE_REQUIRED" in reason or "UNKNOWN_CA" in reason:
            return (
                "The ledger lets in only stations with a certificate, and does not take this one's."
                " Work goes on and is kept here. Ask IT for a certificate (--client-cert)."
            )
        case _:
            return _UNPROVEN + "Ask IT about the ledger's certificate."


def _why_not_believed(code: int) -> str:
    if code == _EXPIRED:
        return (
            "Its certificate has expired, or this machine's clock is ahead. Check the clock, then"
            " ask IT to renew the ledger's certificate."
        )
    if code == _NOT_YET:
        return "Its certificate begins later than this machine's clock says. Check the clock."
    if code in _OTHER_NAME:
        return "Its certificate is for another address. Ask IT which address to use."
    return "Its certificate is not of the authority this station knows. Ask IT about it."

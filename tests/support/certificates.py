"""Certificates good and bad, for servers that a station must and must not believe."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.ledger.tls import making
from app.ledger.tls.making import Pair

NAMES = ("localhost", "127.0.0.1")


class Guise(StrEnum):
    """What answers at the ledger's address."""

    GENUINE = "genuine"  # the control: the same machinery, believed
    TLS_1_2 = "TLS 1.2"
    WRONG_CA = "wrong CA"
    EXPIRED = "expired"
    WRONG_HOST = "wrong host"
    SELF_SIGNED = "self-signed"
    NOT_YET = "not yet valid"


def now() -> datetime:
    """OpenSSL looks at the real clock."""
    return datetime.now(UTC)


def authority() -> Pair:
    """A new one."""
    return making.new_authority(now())


def serving(guise: Guise, genuine: Pair, folder: Path) -> ssl.SSLContext:
    """The server's side of a guise.

    Args:
        guise: What to be.
        genuine: The authority that the stations believe.
        folder: For the files OpenSSL wants.
    """
    match guise:
        case Guise.WRONG_CA:
            pair = making.new_server(authority(), NAMES, now())
        case Guise.EXPIRED:
            pair = making.new_server(
                genuine, NAMES, now() - making.SERVER_LIFE - timedelta(hours=1)
            )
        case Guise.NOT_YET:
            pair = making.new_server(genuine, NAMES, now() + timedelta(days=2))
        case Guise.WRONG_HOST:
            pair = making.new_server(genuine, ["other.example"], now())
        case Guise.SELF_SIGNED:
            pair = self_signed(NAMES)
        case _:
            pair = making.new_server(genuine, NAMES, now())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if guise is Guise.TLS_1_2:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    path = folder / f"{guise.name}.pem"
    path.write_bytes(pair.secret_pem)
    context.load_cert_chain(path)
    return context


def self_signed(names: Sequence[str]) -> Pair:
    """A certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(names[0])]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Pair(certificate, key)


def client_file(folder: Path, signer: Pair, name: str = "pack-1") -> Path:
    """A station's own certificate and key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(signer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=90))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(signer.key, hashes.SHA256())
    )
    path = folder / f"{name}-{signer.certificate.serial_number}.pem"
    path.write_bytes(Pair(certificate, key).secret_pem)
    return path


def doubled() -> bytes:
    """An authority that says one of its extensions twice, PEM; its signature is void, too."""
    pair = authority()
    known = x509.ObjectIdentifier("1.3.6.1.4.1.4128.1")
    other = x509.ObjectIdentifier("1.3.6.1.4.1.4128.2")
    builder = (
        x509.CertificateBuilder()
        .subject_name(pair.certificate.subject)
        .issuer_name(pair.certificate.subject)
        .public_key(pair.certificate.public_key())
        .serial_number(1)
        .not_valid_before(now())
        .not_valid_after(now() + timedelta(days=1))
    )
    for oid in (known, other):
        said = x509.UnrecognizedExtension(oid, b"\x05\x00")
        builder = builder.add_extension(said, critical=False)
    made = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    der = made.public_bytes(Encoding.DER)
    stem = bytes.fromhex("2b06010401a020")  # 1.3.6.1.4.1.4128
    twice = der.replace(stem + b"\x02", stem + b"\x01")
    return ssl.DER_cert_to_PEM_cert(twice).encode()

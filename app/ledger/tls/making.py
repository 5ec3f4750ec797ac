"""Certificates: an authority of our own, and the server certificates it signs.

ECDSA on P-256, because browsers and proxies of IT departments still refuse Ed25519 in certificates.
Every extension that strict checking asks for is there. Files and renewal are `folder`'s business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.contract import fingerprint
from app.errors import Trouble

# An authority outlives the machines that trust it; it is replaced with an overlap before it ends.
AUTHORITY_LIFE = timedelta(days=3653)
# Short, because nothing revokes a server certificate; renewed by itself long before (`folder`).
SERVER_LIFE = timedelta(days=90)
# A station whose clock is behind must not take a new certificate for one of the future.
BACKDATED = timedelta(days=1)
MAX_HOST_NAME = 253


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def secret_pem(self) -> bytes:
        """Key and certificate in one file, so that they are replaced together or not at all."""
        return key_pem(self.key) + pem(self.certificate)


def new_authority(now: datetime) -> Pair:
    """An authority that may sign server certificates and nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # The key is in the name: two authorities of one ledger are told apart in a list.
    called = f"Packhouse ledger authority {own.digest.hex()[:8]}"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])
    certificate = (
        _builder(now, AUTHORITY_LIFE, name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    return Pair(certificate, key)


def new_server(authority: Pair, names: Sequence[str], now: datetime) -> Pair:
    """A server certificate for host names and addresses, at least one.

    Raises:
        Trouble: A name is neither.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    # Clients look at the alternative names alone.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Packhouse ledger")])
    issuer = authority.certificate.subject
    signer = authority.key.public_key()
    certificate = (
        _builder(now, SERVER_LIFE, subject, issuer, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), False)
        .sign(authority.key, hashes.SHA256())
    )
    return Pair(certificate, key)


def names_of(certificate: x509.Certificate) -> list[str]:
    """Host names and addresses a certificate stands for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    addresses = map(str, found.value.get_values_for_type(x509.IPAddress))
    return [*found.value.get_values_for_type(x509.DNSName), *addresses]


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, 64 hex digits."""
    return fingerprint.of(certificate.public_bytes(Encoding.DER))


def is_signed_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether the authority's key signed it."""
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 - any reason means no; the library names half a dozen
        return False
    return True


def pem(certificate: x509.Certificate) -> bytes:
    """A certificate as text."""
    return certificate.public_bytes(Encoding.PEM)


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A private key as text; only ever for a file that nobody else can read."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_pair(content: bytes) -> Pair:
    """What `secret_pem` wrote, or a certificate chain after its key.

    Raises:
        ValueError: It is something else.
    """
    key = load_pem_private_key(content, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key of ours")  # noqa: TRY004 - the file is wrong, not the caller
    return Pair(x509.load_pem_x509_certificates(content)[0], key)


def _builder(
    now: datetime,
    life: timedelta,
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
        .add_extension(own, critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(_plain(name))
    except ValueError as error:
        raise Trouble(
            f"“{name}” is no host name and no address. Give what stations write after https://, "
            "without port: ledger.example or 10.0.0.5."
        ) from error


def _plain(name: str) -> str:
    """A host name as certificates write it.

    Raises:
        ValueError: It is none.
    """
    plain = name.encode("idna").decode("ascii")
    if not plain or len(plain) > MAX_HOST_NAME or any(odd in plain for odd in " /:@*"):
        raise ValueError(name)
    return plain

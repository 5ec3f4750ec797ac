"""Whether certificates that IT gives would be believed: tried with a handshake in memory.

Asking OpenSSL itself leaves no rule to forget: chain, names, dates, key.
"""

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509

from app.errors import Trouble
from app.ledger.tls import making, serving

# Each side speaks twice in TLS 1.3; anything that needs longer is going round in circles.
_TURNS = 6


def check(chain: bytes, key: bytes, authority: bytes) -> list[str]:
    """Shake hands with a client that trusts only `authority`.

    Returns:
        The names the certificate is for.

    Raises:
        Trouble: It would not be believed; the sentence says why.
    """
    names = _names(chain)
    with TemporaryDirectory() as folder:
        paths = []
        for name, content in (("chain", chain), ("key", key)):
            path = Path(folder) / name
            path.touch(mode=0o600)
            path.write_bytes(content)
            paths.append(path)
        server = serving.context()
        serving.load(server, *paths)
    try:
        client = ssl.create_default_context(cadata=authority.decode("ascii"))
        client.minimum_version = ssl.TLSVersion.TLSv1_3
        _shake_hands(server, client, names[0])
    except (ssl.SSLError, ValueError) as error:
        raise Trouble(
            "Stations would not believe this certificate. Check that it is signed by the authority"
            " that was given, that the file holds the whole chain, and that it is in date.",
            detail=repr(error),
        ) from error
    return names


def _names(chain: bytes) -> list[str]:
    try:
        names = making.names_of(x509.load_pem_x509_certificates(chain)[0])
    except ValueError as error:
        raise Trouble("The certificate is no PEM file.", detail=repr(error)) from error
    if not names:
        raise Trouble(
            "The certificate names no host (subjectAltName), so that no station could know it. Ask "
            "for one that does."
        )
    return names


def _shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    # A wildcard stands for any one label.
    far = client.wrap_bio(down, up, server_hostname=name.replace("*", "ledger"))
    near = server.wrap_bio(up, down, server_side=True)
    for _ in range(_TURNS):
        done = [_turn(far), _turn(near)]
        if all(done):
            return
    raise ValueError("the handshake does not end")


def _turn(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True

"""The proxy's TLS certificates: an authority in the user's cache folder, and a server context for each host."""

from __future__ import annotations

import os
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Lock
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..controller.cache import cache_folder, made_whole
from ..messages.addresses import ip_address

_ONE_DAY = timedelta(days=1)
_AUTHORITY_DAYS = 3650
_HOST_DAYS = 365


@dataclass(frozen=True)
class Authority:
    """A certificate authority, and the file in which clients find its certificate."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    bundle: Path


def authority() -> Authority:
    """The user's certificate authority, made at the first use on this machine.

    :raises OSError: the user's cache folder cannot be written.
    """
    folder = cache_folder() / "proxy"
    if not folder.exists():
        _make_authority(folder)
    bundle = folder / "ca.crt"
    key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
    certificate = x509.load_pem_x509_certificate(bundle.read_bytes())
    return Authority(certificate, cast(ec.EllipticCurvePrivateKey, key), bundle)


class HostContexts:
    """Server contexts by host, with certificates that the user's authority signed."""

    def __init__(self) -> None:
        self._authority = authority()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = Lock()

    @property
    def bundle(self) -> Path:
        """The file with the authority's certificate, for clients."""
        return self._authority.bundle

    def context(self, host: str) -> ssl.SSLContext:
        """The context for connections to ``host``, a name or an IP address without its port."""
        names = _names(host.lower())
        with self._lock:
            if names[-1] not in self._contexts:
                self._contexts[names[-1]] = self._new_context(names)
            return self._contexts[names[-1]]

    def _new_context(self, names: list[str]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:  # a context reads its key from a file only
            file = Path(folder, "host.pem")
            file.write_bytes(_key_pem(self._key) + _pem(_host_certificate(self._authority, self._key, names)))
            context.load_cert_chain(file)
        return context


def _make_authority(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    with made_whole(folder) as made:
        with open(os.open(made / "ca.key", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(_key_pem(key))
        (made / "ca.crt").write_bytes(_pem(_authority_certificate(key)))


def _authority_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name("moto_lambda_urls proxy")
    usage = _usage(key_cert_sign=True, crl_sign=True)
    return (
        _builder(name, name, key.public_key(), _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _host_certificate(authority: Authority, key: ec.EllipticCurvePrivateKey, names: list[str]) -> x509.Certificate:
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    return (
        _builder(_name("moto_lambda_urls"), authority.certificate.subject, key.public_key(), _HOST_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(signer, critical=False)
        .sign(authority.key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    yesterday = datetime.now(timezone.utc) - _ONE_DAY
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(yesterday)
        .not_valid_after(yesterday + days * _ONE_DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _names(host: str) -> list[str]:
    """The names of the certificate that serves ``host``: one for all hosts beside it, where that is possible."""
    parent = host.partition(".")[2]
    if ip_address(host) is not None or "." not in parent:
        return [host]
    return [parent, f"*.{parent}"]


def _alternative(name: str) -> x509.GeneralName:
    address = ip_address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

"""TLS with a client's certificate, and an API key, come from Temporal's own variables."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from temporalio.testing import WorkflowEnvironment

from observability.clock import now
from workflows.connection import connect

LOOPBACK = "127.0.0.1"
_HOUR = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Papers:
    """A key and its certificate, as files."""

    key: Path
    certificate: Path


class Authority:
    """Signs certificates for the length of a test."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder / name
        self._folder.mkdir()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._builder(self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.certificate = self._folder / "authority.pem"
        self._write(self.certificate, own)

    def papers(self, who: str) -> Papers:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
        here = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))])
        papers = Papers(self._folder / f"{who}.key", self._folder / f"{who}.pem")
        papers.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        self._write(papers.certificate, self._builder(name, key).add_extension(here, False))
        return papers

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now() - _HOUR)
            .not_valid_after(now() + _HOUR)
        )

    def _write(self, path: Path, builder: x509.CertificateBuilder) -> None:
        signed = builder.sign(self._key, hashes.SHA256())
        path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))


@dataclass(frozen=True)
class Walled:
    """A Temporal server that speaks to nobody without a certificate."""

    address: str
    authority: Authority

    def variables(self, papers: Papers | None) -> Mapping[str, str]:
        told = {"TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(self.authority.certificate)}
        if papers is not None:
            told["TEMPORAL_TLS_CLIENT_CERT_PATH"] = str(papers.certificate)
            told["TEMPORAL_TLS_CLIENT_KEY_PATH"] = str(papers.key)
        return told


@pytest_asyncio.fixture(loop_scope="session")
async def walled(temporal_full: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Walled]:
    authority = Authority(tmp_path, "ours")
    papers = authority.papers("server")
    wall = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    wall.load_cert_chain(papers.certificate, papers.key)
    wall.load_verify_locations(authority.certificate)
    wall.verify_mode = ssl.CERT_REQUIRED
    wall.set_alpn_protocols(["h2"])
    host, _, port = temporal_full.client.service_client.config.target_host.rpartition(":")

    async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind = await asyncio.open_connection(host.removeprefix("http://"), int(port))
        await asyncio.gather(_pass(reader, behind[1]), _pass(behind[0], writer))

    server = await asyncio.start_server(through, LOOPBACK, 0, ssl=wall)
    at = server.sockets[0].getsockname()[1]
    yield Walled(f"{LOOPBACK}:{at}", authority)
    server.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while said := await reader.read(65_536):
            writer.write(said)
            await writer.drain()
    writer.close()


async def _is_let_in(walled: Walled) -> bool:
    client = await connect(walled.address, "default")
    return await client.service_client.check_health()


async def test_a_client_with_our_certificate_is_let_in(
    walled: Walled, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in walled.variables(walled.authority.papers("worker")).items():
        monkeypatch.setenv(name, value)
    assert await _is_let_in(walled)


@pytest.mark.parametrize("whose", ["nobody's", "a stranger's"])
async def test_without_our_certificate_there_is_no_way_in(
    walled: Walled, whose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Authority(tmp_path, "theirs").papers("worker")
    for name, value in walled.variables(None if whose == "nobody's" else stranger).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RuntimeError, match=r"(?i)certificate|tls|transport|connection"):
        await _is_let_in(walled)


async def test_an_api_key_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_API_KEY", "key-of-the-installation")
    monkeypatch.setenv("TEMPORAL_TLS_DISABLED", "true")
    client = await connect(f"{LOOPBACK}:1", "default", lazy=True)
    assert client.service_client.config.api_key == "key-of-the-installation"

"""A time-stamping authority of our own: certificates, signatures and answers are real."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache

from aiohttp import web
from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
POLICY = "1.2.3.4.1"


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """Stamps what it is asked to; `spoil` may change a granted answer before it is signed."""

    def __init__(self, name: str = "Root", at: datetime = AT) -> None:
        self.at = at
        root_key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._certificate(_name(name), _name(name), root_key, root_key, leaf=False)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaf = self._certificate(
            _name(f"{name} TSA"), _name(name), self._key, root_key, leaf=True
        )
        self.asked: list[bytes] = []
        self.spoil: Callable[[tsp.TSTInfo], None] = lambda _: None

    @property
    def pem(self) -> bytes:
        """The root certificate, as a file holds it."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    def answer(self, request: bytes) -> bytes:
        """A granted answer to a request."""
        self.asked.append(request)
        asked = tsp.TimeStampReq.load(request)
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": asked["message_imprint"],
                "serial_number": len(self.asked),
                "gen_time": self.at,
                "nonce": asked["nonce"],
            }
        )
        self.spoil(info)
        return bytes(
            tsp.TimeStampResp(
                {"status": {"status": "granted"}, "time_stamp_token": self._signed(info)}
            ).dump()
        )

    def refusal(self) -> bytes:
        """An answer that says no: a status of 2 and no token."""
        return bytes.fromhex("30053003020102")

    def _signed(self, info: tsp.TSTInfo) -> cms.ContentInfo:
        content = info.dump()
        leaf = asn1_x509.Certificate.load(self._leaf.public_bytes(serialization.Encoding.DER))
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute(
                    {
                        "type": "message_digest",
                        "values": [core.OctetString(hashlib.sha256(content).digest())],
                    }
                ),
            ]
        )
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        signature = self._key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                            {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
                        )
                    }
                ),
                "digest_algorithm": sha256,
                "signed_attrs": attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signature": signature,
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [sha256],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(content),
                },
                "certificates": [leaf],
                "signer_infos": [signer],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})

    def _certificate(
        self,
        subject: x509.Name,
        issuer: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        by: ec.EllipticCurvePrivateKey,
        *,
        leaf: bool,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at - timedelta(days=1))
            .not_valid_after(self.at + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=not leaf, path_length=None), critical=True)
        )
        if leaf:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(by, hashes.SHA256())


@cache
def authority() -> Authority:
    """One for all tests, and its certificates."""
    return Authority()


@asynccontextmanager
async def served(answer: Callable[[bytes], bytes], status: int = 200) -> AsyncIterator[str]:
    """The address at which something answers requests for stamps, on the loopback."""

    async def handle(request: web.Request) -> web.Response:
        assert request.content_type == "application/timestamp-query"
        body = answer(await request.read())
        return web.Response(body=body, status=status, content_type="application/timestamp-reply")

    application = web.Application()
    application.router.add_post("/tsr", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/tsr"
    finally:
        await runner.cleanup()

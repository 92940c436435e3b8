"""A signer of Content Credentials for tests: a root of its own and what it signs."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "AVIF": "image/avif"}


@dataclass(frozen=True)
class TestSigner:
    """A signer with a certificate from a root that only tests trust."""

    __test__ = False

    root: str
    chain: bytes
    key: bytes

    def sign(self, picture: bytes, kind: str, manifest: dict[str, Any], **remote: str) -> bytes:
        """The picture with a signed manifest; with `url`, the manifest is said to lie there and is left out."""
        info = c2pa.C2paSignerInfo(b"es256", self.chain, self.key, None)
        signed = io.BytesIO()
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(manifest)) as builder:
            if "url" in remote:
                builder.set_no_embed()
                builder.set_remote_url(remote["url"])
            builder.sign(signer, MEDIA_TYPES[kind], io.BytesIO(picture), signed)
        return signed.getvalue()


def make_signer(organisation: str = "Tests of a Camera Ltd") -> TestSigner:
    """Make a root and a signer, with certificates as C2PA's specification asks for."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name("Root of Tests", "Root"), _name(organisation, "Signer of Tests")
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    root_usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    root = (
        _certificate(root_name, root_name, root_key, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(root_usage, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _certificate(name, root_name, key, root_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    root_pem = root.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return TestSigner(root_pem.decode(), leaf.public_bytes(Encoding.PEM) + root_pem, private)


def _name(organisation: str, name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def manifest(action: str, source: str | None = None, *more: str) -> dict[str, Any]:
    """A manifest that tells of these actions."""
    first = {"action": action}
    if source:
        first["digitalSourceType"] = f"http://cv.iptc.org/newscodes/digitalsourcetype/{source}"
    return {
        "claim_generator_info": [{"name": "Maker of Tests", "version": "1"}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [first, *({"action": name} for name in more)]}}],
    }

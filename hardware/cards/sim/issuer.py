"""A made-up country that issues travel documents to made-up people, with its own signing certificates.

Its certificates say Utopia (UTO), the code ICAO 9303-3 keeps for specimens, or a made-up Hong Kong or Mainland; nothing
here resembles a real issuer but the form of its keys, which may be spelled out as explicit curve parameters the way
Hong Kong's are.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

from asn1crypto import algos, cms, core, crl, keys, x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec as library
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hardware.cards import tlv
from hardware.cards.emrtd import lds, pace
from hardware.cards.emrtd.asn1 import SecurityInfo, SecurityInfos
from hardware.cards.emrtd.card_security import SECURITY_OBJECT as CARD_SECURITY_OBJECT
from hardware.cards.emrtd.curves import BY_NAME, Curve
from hardware.cards.emrtd.ec import LIBRARY_CURVES
from hardware.cards.emrtd.master_list import MASTER_LIST, CscaMasterList
from hardware.cards.emrtd.mrz import Can
from hardware.cards.emrtd.trust import SECURITY_OBJECT, LdsSecurityObject
from hardware.cards.people import Person
from hardware.cards.sim.chip_keys import ChipSecret, public_key_info
from hardware.cards.sim.emrtd import EmrtdCard
from hardware.cards.sim.papers import (
    PASSPORT,
    SPECIMEN_EXPIRY,
    SPECIMEN_NUMBER,
    UTOPIA,
    Paper,
    State,
    passport_key,
)

__all__ = [
    "SPECIMEN_CAN",
    "SPECIMEN_EXPIRY",
    "SPECIMEN_NUMBER",
    "Issuer",
    "Signer",
    "certify",
    "dg2",
    "passport_key",
    "utopia",
]

Scheme = Literal["rsa", "rsa_pss"] | str
"""How keys are made: "rsa", "rsa_pss", or the name of a curve."""

NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2045, 1, 1, tzinfo=UTC)
HASH = "sha256"
SPECIMEN_CAN = "123456"


@dataclass(frozen=True)
class Signer:
    """A key pair; `explicit` spells its curve out."""

    scheme: Scheme
    private: rsa.RSAPrivateKey | library.EllipticCurvePrivateKey
    explicit: bool

    @classmethod
    def make(cls, scheme: Scheme, *, explicit: bool = False) -> Signer:
        """A fresh key pair."""
        if scheme in ("rsa", "rsa_pss"):
            return cls(scheme, rsa.generate_private_key(65537, 2048), explicit)
        return cls(scheme, library.generate_private_key(LIBRARY_CURVES[scheme]), explicit)

    @property
    def algorithm(self) -> algos.SignedDigestAlgorithm:
        """How its signatures are named."""
        if self.scheme == "rsa_pss":
            mask = {"algorithm": "mgf1", "parameters": {"algorithm": HASH}}
            parameters = {"hash_algorithm": {"algorithm": HASH}, "mask_gen_algorithm": mask, "salt_length": 32}
            return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})
        return algos.SignedDigestAlgorithm({"algorithm": f"{HASH}_{'rsa' if self.scheme == 'rsa' else 'ecdsa'}"})

    @property
    def public(self) -> keys.PublicKeyInfo:
        """Its public key as certificates carry it."""
        der = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        info = keys.PublicKeyInfo.load(der)
        return _spell_out(info, BY_NAME[self.scheme]) if self.explicit else info

    def sign(self, message: bytes) -> bytes:
        """Its signature."""
        if isinstance(self.private, library.EllipticCurvePrivateKey):
            return self.private.sign(message, library.ECDSA(hashes.SHA256()))
        if self.scheme == "rsa_pss":
            return self.private.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())


def _spell_out(named: keys.PublicKeyInfo, curve: Curve) -> keys.PublicKeyInfo:
    size = curve.size
    domain = keys.SpecifiedECDomain(
        {
            "version": "ecdpVer1",
            "field_id": {"field_type": "prime_field", "parameters": core.Integer(curve.p)},
            "curve": {"a": curve.a.to_bytes(size, "big"), "b": curve.b.to_bytes(size, "big")},
            "base": b"\x04" + curve.gx.to_bytes(size, "big") + curve.gy.to_bytes(size, "big"),
            "order": curve.n,
            "cofactor": 1,
        }
    )
    algorithm = {"algorithm": "ec", "parameters": keys.ECDomainParameters("specified", domain)}
    return keys.PublicKeyInfo({"algorithm": algorithm, "public_key": named["public_key"].native})


def certify(
    subject: str,
    public: keys.PublicKeyInfo,
    issuer: str,
    signer: Signer,
    serial: int,
    state: State = UTOPIA,
    *,
    printable: bool = False,
) -> x509.Certificate:
    """A certificate of this state over this key; its issuer's name may be written as a PrintableString."""
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial,
            "signature": signer.algorithm,
            "issuer": _name(issuer, state, printable=printable),
            "validity": {"not_before": _time(NOT_BEFORE), "not_after": _time(NOT_AFTER)},
            "subject": _name(subject, state),
            "subject_public_key_info": public,
        }
    )
    signed = {
        "tbs_certificate": tbs,
        "signature_algorithm": signer.algorithm,
        "signature_value": signer.sign(tbs.dump()),
    }
    return x509.Certificate(signed)


def _name(common_name: str, state: State, *, printable: bool = False) -> x509.Name:
    who = {"country_name": state.alpha2, "organization_name": state.name, "common_name": common_name}
    return x509.Name.build(who, use_printable=printable)


def _time(moment: datetime) -> x509.Time:
    return x509.Time({"utc_time": moment})


class Issuer:
    """A made-up state: a country signing certificate and a document signer under it."""

    def __init__(
        self,
        scheme: Scheme = "brainpoolP384r1",
        *,
        explicit: bool = True,
        country: str = "Country",
        state: State = UTOPIA,
        printable: bool = False,
    ) -> None:
        self._country = Signer.make(scheme, explicit=explicit)
        self._signer = Signer.make(scheme, explicit=explicit)
        self.country_certificate = certify(country, self._country.public, country, self._country, 1, state)
        self.signer_certificate = certify(
            "Signer", self._signer.public, country, self._country, 2, state, printable=printable
        )

    @property
    def anchor(self) -> bytes:
        """What goes into a trust store, in DER."""
        return bytes(self.country_certificate.dump())

    def master_list(self, certificates: Iterable[bytes], signed_at: datetime = NOT_BEFORE) -> bytes:
        """A master list of these certificates, published by this country."""
        listed = {"version": 0, "certificates": [x509.Certificate.load(der) for der in certificates]}
        return self._sign_content(CscaMasterList(listed).dump(), MASTER_LIST, signed_at)

    def revocations(self, *serials: int) -> bytes:
        """A list that takes the document signers of these serial numbers back."""
        entries = [{"user_certificate": serial, "revocation_date": _time(NOT_BEFORE)} for serial in serials]
        content = crl.TbsCertList(
            {
                "version": "v2",
                "signature": self._country.algorithm,
                "issuer": self.country_certificate.subject,
                "this_update": _time(NOT_BEFORE),
                "next_update": _time(NOT_AFTER),
                "revoked_certificates": entries,
            }
        )
        signed = {
            "tbs_cert_list": content,
            "signature_algorithm": self._country.algorithm,
            "signature": self._country.sign(content.dump()),
        }
        return bytes(crl.CertificateList(signed).dump())

    def security_object(self, files: Mapping[int, bytes]) -> bytes:
        """EF.SOD over these data groups by number."""
        listed = [{"number": number, "value": hashlib.new(HASH, file).digest()} for number, file in files.items()]
        content = LdsSecurityObject({"version": 0, "hash_algorithm": {"algorithm": HASH}, "hashes": listed}).dump()
        return tlv.encode(0x77, self._sign_content(content, SECURITY_OBJECT))

    def _sign_content(self, content: bytes, content_type: str, signed_at: datetime | None = None) -> bytes:
        parts: list[dict[str, Any]] = [
            {"type": "content_type", "values": [cms.ContentType(content_type)]},
            {"type": "message_digest", "values": [core.OctetString(hashlib.new(HASH, content).digest())]},
        ]
        if signed_at is not None:
            parts.append({"type": "signing_time", "values": [cms.Time({"utc_time": signed_at})]})
        attributes = cms.CMSAttributes(parts)
        certificate = self.signer_certificate
        sid = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
        signer: dict[str, Any] = {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(sid)),
            "digest_algorithm": {"algorithm": HASH},
            "signed_attrs": attributes,
            "signature_algorithm": self._signer.algorithm,
            "signature": self._signer.sign(attributes.dump()),
        }
        signed = {
            "version": "v3",
            "digest_algorithms": [{"algorithm": HASH}],
            "encap_content_info": {"content_type": content_type, "content": core.ParsableOctetString(content)},
            "certificates": [cms.CertificateChoices("certificate", certificate)],
            "signer_infos": [signer],
        }
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump())

    def card_security(self, curve: Curve) -> tuple[bytes, int]:
        """EF.CardSecurity with a fresh static key on this curve, and the chip's secret side of it."""
        secret = secrets.randbelow(curve.n - 1) + 1
        infos = SecurityInfos([SecurityInfo(public_key_info(curve, secret))])
        return self._sign_content(infos.dump(), CARD_SECURITY_OBJECT), secret

    def files(
        self,
        person: Person,
        image: bytes | None = None,
        more: Mapping[int, bytes] | None = None,
        paper: Paper = PASSPORT,
    ) -> dict[int, bytes]:
        """The application's files of a made-up person's document.

        `image` stands in for their drawn photo; `more` are further data groups, such as those of a chip's keys.
        """
        photo = image if image is not None else person.document().photo_jpeg or b""
        groups = {1: paper.dg1(person), 2: dg2(photo), 11: dg11(person), 12: dg12(paper), **(more or {})}
        present = tlv.encode(0x5C, bytes(lds.TAG_OF_GROUP[number] for number in sorted(groups)))
        common = tlv.encode(0x60, tlv.encode(0x5F01, b"0107") + tlv.encode(0x5F36, b"040000") + present)
        files = {lds.data_group(number): file for number, file in groups.items()}
        return files | {lds.COM: common, lds.SOD: self.security_object(groups)}

    def card(
        self,
        person: Person,
        *,
        offer: pace.PaceInfo | None = None,
        extended: int | None = None,
        image: bytes | None = None,
        chip: ChipSecret | None = None,
        paper: Paper = PASSPORT,
    ) -> EmrtdCard:
        """A made-up person's document, opened by `paper.key(person)` or by SPECIMEN_CAN."""
        own = chip or ChipSecret()
        proving = offer is not None and offer.family == pace.ECDH_CAM
        card_security, mapping_key = self.card_security(offer.curve) if offer and proving else (b"", 1)
        return EmrtdCard(
            files=self.files(person, image, own.groups, paper),
            key=paper.key(person),
            can=Can(SPECIMEN_CAN),
            offer=offer,
            bac=offer is None,
            extended=extended,
            card_security=card_security,
            mapping_key=mapping_key,
            chip_key=own.key,
            chip_secret=own.secret,
            sign=own.sign,
        )


@cache
def utopia() -> Issuer:
    """The one made-up country of this process."""
    return Issuer()


def dg2(image: bytes) -> bytes:
    """One face image in its frames (ISO/IEC 19794-5, 7816-11)."""
    face = bytes(4) + bytes(16) + bytes(12)  # length, features and image description: none of it is used here
    record = b"FAC\x00010\x00" + (14 + len(face) + len(image)).to_bytes(4, "big") + b"\x00\x01" + face + image
    header = tlv.encode(0xA1, tlv.encode(0x87, b"\x01\x01") + tlv.encode(0x88, b"\x00\x08"))
    template = tlv.encode(0x7F60, header + tlv.encode(0x5F2E, record))
    return tlv.encode(0x75, tlv.encode(0x7F61, tlv.encode(0x02, b"\x01") + template))


def dg11(person: Person) -> bytes:
    """Their name in national characters."""
    return tlv.encode(0x6B, tlv.encode(0x5C, b"\x5f\x0e") + tlv.encode(0x5F0E, person.name_zh.encode()))


def dg12(paper: Paper) -> bytes:
    """Who issued the document, and when."""
    said = tlv.encode(0x5F19, paper.state.name.encode()) + tlv.encode(0x5F26, b"20251231")
    return tlv.encode(0x6C, tlv.encode(0x5C, b"\x5f\x19\x5f\x26") + said)

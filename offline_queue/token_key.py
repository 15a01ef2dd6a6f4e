"""The device key inside a PKCS#11 token (an HSM, a TPM behind tpm2-pkcs11, SoftHSM): it signs there and cannot leave.

Named by an RFC 7512 address, such as
`pkcs11:token=kiosk;object=device?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/kiosk/pin`.
"""

import stat
import threading
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from offline_queue.envelope import Signer, key_id
from offline_queue.sealing import FileDeviceKey

# PKCS#11 3.0 section 2.3.5 and its curve's name; SoftHSM 2.6 and python-pkcs11 both take the name in this form.
_CURVE: Final = b"edwards25519"
_PRINTABLE_STRING: Final = 0x13
_POINT_BYTES: Final = 32


@dataclass(frozen=True)
class TokenAddress:
    """Which key in which token, by which library; the PIN lies in a file that only its owner may read."""

    module: str
    token: str
    object: str
    pin_file: Path

    @classmethod
    def parse(cls, uri: str) -> "TokenAddress":
        """Read an address; ValueError names what it lacks."""
        path, _, query = uri.removeprefix("pkcs11:").partition("?")
        parts = dict(part.partition("=")[::2] for part in path.split(";")) | dict(parse_qsl(query))
        missing = {"token", "object", "module-path", "pin-source"} - parts.keys()
        if missing or not uri.startswith("pkcs11:"):
            raise ValueError(f"a token's address needs {', '.join(sorted(missing)) or 'pkcs11: in front'}")
        pin = Path(unquote(parts["pin-source"]).removeprefix("file:"))
        return cls(parts["module-path"], unquote(parts["token"]), unquote(parts["object"]), pin)


def open_device_key(where: str, folder: Path) -> Signer:
    """The device key: "file" keeps it in `folder`, an address in a token; made if it is not there.

    OSError or ValueError with what is wrong.
    """
    if where == "file":
        return FileDeviceKey.load_or_create(folder / "device.key")
    return TokenDeviceKey.load_or_create(TokenAddress.parse(where))


@dataclass(frozen=True)
class TokenDeviceKey:
    """An Ed25519 key that was made in the token; one session, one signature at a time."""

    address: TokenAddress
    _session: Any = field(repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def load_or_create(cls, address: TokenAddress) -> "TokenDeviceKey":
        """Log in to the token; the key is made there if absent. OSError or ValueError with what is wrong."""
        import pkcs11

        pin = _pin(address.pin_file)
        try:
            token = pkcs11.lib(address.module).get_token(token_label=address.token)
            key = cls(address, _session(token, pin))
            key._make_if_absent()
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise ValueError(f"token {address.token}: {type(error).__name__} {error}".strip()) from error
        return key

    def close(self) -> None:
        """Log out."""
        self._session.close()

    def _make_if_absent(self) -> None:
        from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass

        sought = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: self.address.object}
        if list(self._session.get_objects(sought)):
            return
        curve = {Attribute.EC_PARAMS: bytes((_PRINTABLE_STRING, len(_CURVE))) + _CURVE}
        parameters = self._session.create_domain_parameters(KeyType.EC_EDWARDS, curve, local=True)
        parameters.generate_keypair(
            mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
            store=True,
            label=self.address.object,
            private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )

    @cached_property
    def public_bytes(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes: what enrolment hands to the portal."""
        from pkcs11 import Attribute, ObjectClass

        with self._turn:
            public = self._session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=self.address.object)
            # An OCTET STRING around the point, or the bare point, as the token likes it.
            return bytes(public[Attribute.EC_POINT])[-_POINT_BYTES:]

    @cached_property
    def key_id(self) -> str:
        """Short name of the key."""
        return key_id(self.public_bytes)

    @cached_property
    def _private(self) -> Any:
        from pkcs11 import ObjectClass

        return self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self.address.object)

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes, made in the token."""
        from pkcs11 import Mechanism

        with self._turn:
            return bytes(self._private.sign(message, mechanism=Mechanism.EDDSA))


def _session(token: Any, pin: str) -> Any:
    """A session that may use private keys; within one process a login counts for every session."""
    import pkcs11

    try:
        return token.open(rw=True, user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:
        return token.open(rw=True)


def _pin(path: Path) -> str:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PermissionError(f"{path.name}: the PIN may be readable by its owner only (chmod 600)")
    return path.read_text(encoding="ascii").strip()

"""The wire form: what is sealed opens for its recipient only, and what is signed cannot be bent."""

import base64
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from offline_queue.envelope import (
    CHUNK_BYTES,
    TAG_BYTES,
    Header,
    Json,
    Kem,
    Malformed,
    Packet,
    RecipientKey,
    SealedEnvelope,
    StatementKey,
    Wrap,
    b64,
    canonical,
    chunks_of,
    decode_payload,
    encode_payload,
    encrypt_body,
    envelope_digest,
    envelope_message,
    instant,
    is_uuid,
    open_envelope,
    parse_header,
    parse_packet,
    read_receipt,
    read_statement,
    sign_statement,
    unb64,
    uuid7,
    verify_envelope_signature,
)
from tests.offline_queue.samples import CANARY, NOON, Bench, payload


@pytest.mark.parametrize("kem", list(Kem))
def test_a_recipient_opens_what_was_sealed_to_it(kem: Kem) -> None:
    key = RecipientKey.generate(kem)
    body = payload(pictures=2)
    sealed = Bench(recipients=(RecipientKey.generate().recipient, key.recipient)).sealed(body)
    assert open_envelope(sealed.header, sealed.ciphertext, [key]) == body


def test_nobody_else_opens_it() -> None:
    sealed = Bench().sealed()
    assert open_envelope(sealed.header, sealed.ciphertext, [RecipientKey.generate()]) == Malformed("no_key")


def test_another_key_under_the_same_name_does_not_open_it() -> None:
    bench, other = Bench(), RecipientKey.generate()
    head = bench.sealed().head
    renamed = replace(head, wraps=(replace(head.wraps[0], kid=other.recipient.kid),))
    assert open_envelope(renamed.encode(), bytes(head.size), [other]) == Malformed("wrap")


def test_the_wrap_is_plain_hpke_that_another_implementation_opens() -> None:
    key = RecipientKey.generate(Kem.X25519)
    head = Bench(recipients=(key.recipient,)).sealed().head
    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
    sealed = head.wraps[0].sealed
    private = KEMKey.from_pyca_cryptography_key(X25519PrivateKey.from_private_bytes(key.private))
    opener = suite.create_recipient_context(sealed[:32], private, info=head.binding())
    assert len(opener.open(sealed[32:])) == 32


@pytest.mark.parametrize("name", ["kiosk_id", "device_kid", "case_id", "service", "receipt_number", "created"])
def test_a_changed_header_makes_the_body_unreadable(name: str) -> None:
    bench = Bench()
    sealed = bench.sealed()
    bent = replace(sealed.head, **{name: "other"})  # type: ignore[arg-type]
    code = "wrap" if name in ("kiosk_id", "device_kid") else "body"
    assert open_envelope(bent.encode(), sealed.ciphertext, [bench.key]) == Malformed(code)


def in_version_1(bench: Bench) -> SealedEnvelope:
    """An envelope as kiosks sealed it before keys were wrapped ahead: each wrap bound to the whole header."""
    head, clear, content_key = bench.sealed().head, encode_payload(payload()), bytes(range(32))
    bare = replace(head, version=1, wraps=(), size=len(clear) + TAG_BYTES)
    wraps = tuple(Wrap(r.kid, r.kem, r.wrap_key(content_key, bare.binding())) for r in bench.recipients)
    header = replace(bare, wraps=wraps).encode()
    ciphertext = encrypt_body(clear, content_key, head.nonce, header)
    digest = envelope_digest(header, ciphertext)
    return SealedEnvelope(header, ciphertext, digest, bench.device.sign(envelope_message(digest)))


def test_an_envelope_of_version_1_that_still_waits_at_a_kiosk_opens() -> None:
    bench = Bench()
    sealed = in_version_1(bench)
    assert open_envelope(sealed.header, sealed.ciphertext, [bench.key]) == payload()
    bent = replace(sealed.head, receipt_number="other")
    assert open_envelope(bent.encode(), sealed.ciphertext, [bench.key]) == Malformed("wrap")


@pytest.mark.parametrize("version", [0, 3, True, "2", None])
def test_a_header_of_no_known_version_is_refused(version: object) -> None:
    head = replace(Bench().sealed().head, version=version)  # type: ignore[arg-type]
    assert parse_header(head.encode()) == Malformed("header")


def test_a_changed_wrap_makes_the_body_unreadable() -> None:
    bench = Bench()
    sealed = bench.sealed()
    bent = replace(sealed.head, wraps=(*sealed.head.wraps, Wrap("x", Kem.X25519, b"x")))
    assert open_envelope(bent.encode(), sealed.ciphertext, [bench.key]) == Malformed("body")


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_changed_bit_is_noticed(data: st.DataObject) -> None:
    bench = Bench()
    sealed = bench.sealed()
    raw = bytearray(sealed.header + sealed.ciphertext)
    at = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[at // 8] ^= 1 << at % 8
    header, ciphertext = bytes(raw[: len(sealed.header)]), bytes(raw[len(sealed.header) :])
    assert isinstance(open_envelope(header, ciphertext, [bench.key]), Malformed)
    assert envelope_digest(header, ciphertext) != sealed.sha256


def test_the_device_signs_the_digest_of_header_and_ciphertext() -> None:
    bench = Bench()
    sealed = bench.sealed()
    digest = envelope_digest(sealed.header, sealed.ciphertext)
    assert verify_envelope_signature(bench.device.public_bytes, digest, sealed.signature)
    assert not verify_envelope_signature(Bench().device.public_bytes, digest, sealed.signature)
    assert not verify_envelope_signature(b"no key", digest, sealed.signature)


def test_neither_header_nor_representations_show_an_applicant() -> None:
    body = payload(pictures=1)
    sealed = Bench().sealed(body)
    assert CANARY.encode() not in sealed.header + sealed.ciphertext
    assert CANARY not in repr(sealed) + repr(body) + repr(body.attachments)


_NAMES = st.text(max_size=8)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) - 2, 2**53 + 2)
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
@example({"\ue000": 1, "\U00010000": 2})  # RFC 8785 sorts names by UTF-16 units: the later code point is first
@settings(max_examples=300)
def test_the_quick_way_to_the_canonical_form_writes_what_rfc_8785_says(value: Json) -> None:
    try:
        wanted = rfc8785.dumps(value)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            canonical(value)
        return
    assert canonical(value) == wanted


def test_a_statement_is_the_canonical_form_of_its_parts() -> None:
    text = sign_statement("note", {"zeta": 1, "alpha": ["㗎", None]}, StatementKey.generate())
    assert rfc8785.dumps(json.loads(text)).decode() == text


def test_the_header_is_its_own_canonical_form_and_nothing_else_is_taken() -> None:
    header = Bench().sealed().header
    parsed = parse_header(header)
    assert isinstance(parsed, Header)
    assert parsed.encode() == header == rfc8785.dumps(json.loads(header))
    for spoilt in (header + b" ", header.replace(b'"v":2', b'"v":3'), header[:-1], b"{}", b"[]", b"7", b"[" * 20_000):
        assert isinstance(parse_header(spoilt), Malformed)


PRINTABLE = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
HEADER = Bench().sealed().head


@given(
    texts=st.lists(PRINTABLE, min_size=8, max_size=8), size=st.integers(TAG_BYTES + 1, 2**25), count=st.integers(1, 3)
)
@example(texts=['a"b', "a\\b", 'a\\"b', "㗎", "\x7e", "/", "<", "%s"], size=99, count=2)
def test_whatever_a_header_says_it_is_read_from_its_canonical_form(texts: list[str], size: int, count: int) -> None:
    kiosk, case, service, number, created, device, *kids = texts
    wraps = tuple(Wrap(kids[n % 2], kem, bytes(n)) for n, kem in zip(range(count), [*Kem, Kem.X25519], strict=False))
    names = {"kiosk_id": kiosk, "case_id": case, "service": service, "receipt_number": number, "created": created}
    head = Header(id=HEADER.id, case_seq=1, device_kid=device, nonce=HEADER.nonce, size=size, wraps=wraps, **names)
    assert parse_header(head.encode()) == head


SPELLINGS = (
    *(b"", b" ", b"\n", b"\\", b'"', b"\\u0041", b"\xe3\x97\x8e", b"\xff", b"\x7f", b"\x00", b"0", b".0", b"e0", b"+1"),
    *(b"-0", b"1.0", b"true", b"null", b"NaN", b"[]", b"{}", b'"x":1,', b",", b'"case_seq":1,', b'"v":2,', b"=", b"%d"),
)


@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 3), st.sampled_from(SPELLINGS)), max_size=3)
)
def test_a_header_that_is_taken_is_what_it_would_be_written_as(changes: list[tuple[float, int, bytes]]) -> None:
    raw = HEADER.encode()
    for where, cut, put in changes:
        at = int(where * len(raw)) if where > 0.1 else int(where * 4000) % len(raw)  # more often where names stand
        raw = raw[:at] + put + raw[at + cut :]
    parsed = parse_header(raw)
    assert isinstance(parsed, Malformed) or parsed.encode() == raw


@pytest.mark.parametrize(
    "name", ["case_id", "case_seq", "created", "id", "nonce", "service", "size", "v", "kid", "sealed"]
)
@pytest.mark.parametrize(
    "spelt", ["1", "1.0", "1e3", "-0", '"1"', "true", "null", "NaN", "[]", '{"a":1}', '"\\u0041"', '"/"', '"\\/"']
)
def test_a_value_of_another_kind_is_refused_or_written_so(name: str, spelt: str) -> None:
    raw = HEADER.encode()
    was = json.dumps({**json.loads(raw), **json.loads(raw)["wraps"][0]}[name])
    bent = raw.replace(f'"{name}":{was}'.encode(), f'"{name}":{spelt}'.encode())
    assert bent != raw or spelt == was
    parsed = parse_header(bent)
    assert isinstance(parsed, Malformed) or parsed.encode() == bent == rfc8785.dumps(json.loads(bent))


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_without_an_exception(raw: bytes) -> None:
    assert isinstance(parse_header(raw), Malformed)
    assert isinstance(parse_packet(raw), Malformed)
    assert isinstance(decode_payload(raw), Malformed)
    assert isinstance(read_receipt(raw.decode("latin-1"), {}), Malformed)


@pytest.mark.parametrize("inline", [None, b"", b"ciphertext"])
def test_a_packet_reads_back_as_it_was(inline: bytes | None) -> None:
    sealed = Bench().sealed()
    packet = Packet(sealed.header, sealed.sha256, sealed.signature, (b"1" * 32, b"2" * 32), inline)
    assert parse_packet(packet.encode()) == packet


@pytest.mark.parametrize("size", [1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_chunks_join_to_the_whole(size: int) -> None:
    whole = bytes(size)
    pieces = chunks_of(whole)
    assert b"".join(pieces) == whole
    assert all(len(piece) == CHUNK_BYTES for piece in pieces[:-1])


def test_a_payload_reads_back_with_its_attachments() -> None:
    body = payload(pictures=3)
    clear = encode_payload(body)
    assert decode_payload(clear) == body
    assert decode_payload(clear[:-1]) == Malformed("payload")
    assert decode_payload(clear + b"x") == Malformed("payload")


def test_a_receipt_is_good_by_a_known_key_only_and_for_its_kind_only() -> None:
    bench = Bench()
    text = bench.receipt_for(bench.sealed())
    assert not isinstance(read_receipt(text, bench.receipt_keys), Malformed)
    assert read_receipt(text, Bench().receipt_keys) == Malformed("statement")
    assert read_receipt(text.replace('"P1"', '"P2"'), bench.receipt_keys) == Malformed("statement_signature")
    assert read_statement("hello", text, bench.receipt_keys) == Malformed("statement_signature")
    other = sign_statement("receipt", {"id": "x"}, bench.portal)
    assert read_receipt(other, bench.receipt_keys) == Malformed("receipt")


def test_identifiers_are_uuids_of_version_seven_that_sort_by_time() -> None:
    early, late = uuid7(NOON), uuid7(NOON + timedelta(seconds=1))
    assert uuid.UUID(early).version == 7
    assert uuid.UUID(early).variant == uuid.RFC_4122
    assert early < late
    assert is_uuid(early)
    assert not is_uuid(early.upper())
    assert not is_uuid("../../etc/passwd")


def test_times_are_written_in_utc_and_a_naive_one_is_refused() -> None:
    hong_kong = datetime(2026, 11, 22, 20, 0, tzinfo=timezone(timedelta(hours=8)))
    assert instant(hong_kong) == "2026-11-22T12:00:00.000Z"
    with pytest.raises(ValueError, match="naive"):
        instant(datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None))


def test_base64_has_one_spelling() -> None:
    assert unb64(b64(b"\xff\xfe")) == b"\xff\xfe"
    for other in ("__5", "//4", "__4="):
        with pytest.raises(ValueError, match=r".*"):
            unb64(other)


@given(st.text("AQgwEcz09-_+/=. \né", max_size=9) | st.binary(max_size=9).map(b64))
def test_base64_is_taken_only_as_it_would_be_written(text: str) -> None:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    if b64(raw) == text:
        assert unb64(text) == raw
        return
    with pytest.raises(ValueError, match=r".*"):
        unb64(text)


def test_what_is_no_text_is_no_base64() -> None:
    for other in (None, 5, b"AA", ["A"]):
        with pytest.raises(TypeError):
            unb64(other)  # type: ignore[arg-type]


def test_private_keys_do_not_show() -> None:
    key = StatementKey.generate()
    assert key.private.hex() not in repr(key)
    assert str(key.private) not in repr(key)


@pytest.mark.parametrize("bent", [{"case_seq": 2**31}, {"service": "a\x00b"}, {"case_id": "line\nbreak"}])
def test_a_header_that_no_database_could_hold_is_refused(bent: dict[str, object]) -> None:
    head = replace(Bench().sealed().head, **bent)  # type: ignore[arg-type]
    head.__dict__.pop("_core", None)
    assert parse_header(head.encode()) == Malformed("header")

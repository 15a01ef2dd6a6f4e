"""A new kiosk gets in with a one-time code, talks under its own certificate, and renews it in good time."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from offline_queue.enrolment import Certified, Renewal, certificate_end, enrol, renew_if_due
from offline_queue.envelope import StatementKey
from offline_queue.http import TlsFiles
from offline_queue.outbox import Outbox
from offline_queue.portal_client import Deadlines, Delivered, Hello, Kind, PortalClient, Trouble
from offline_queue.sync import Sync
from portal.enrolment import enrol_by_code, load_authority, make_authority, make_code
from portal.fleet import _ends_soon
from portal.intake import known_device
from portal.problem import Problem
from portal.store import DATABASE, connect, make_database
from tests.offline_queue.samples import NO_BALLAST, NOON, Bench, eventually
from tests.portal.process import PortalProcess, portal_command


@dataclass
class TlsPortal:
    """A portal that asks for client certificates, and the file to trust its own by."""

    portal: PortalProcess
    ca: Path

    def client(self, certificate: Path | None = None) -> PortalClient:
        tls = TlsFiles(ca=self.ca, certificate=certificate, key=certificate)
        keys = self.portal.trust.receipt_keys
        url = self.portal.url.replace("http:", "https:")
        return PortalClient(url, receipt_keys=keys, tls=tls, deadlines=Deadlines(call_s=3))

    def code(self, kiosk_id: str) -> str:
        said = portal_command("enrol-code", "--data", str(self.portal.folder), "--kiosk-id", kiosk_id)
        return str(json.loads(said)["code"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsPortal]:
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    leaf.private_key_pem.write_to_path(folder / "server.key")
    leaf.cert_chain_pems[0].write_to_path(folder / "server.pem")
    portal = PortalProcess.make(folder / "data")
    tls = ("--tls-certificate", str(folder / "server.pem"), "--tls-key", str(folder / "server.key"))
    portal.options = ("--without-worker", *tls, "--client-ca", str(folder / "data" / "client-ca.pem"))
    portal.start()
    yield TlsPortal(portal, folder / "ca.pem")
    portal.stop()


def test_a_new_kiosk_enrols_with_its_code_and_delivers_under_its_certificate(served: TlsPortal, tmp_path: Path) -> None:
    kiosk = Bench(recipients=served.portal.trust.seal_to, kiosk_id="new-kiosk")
    bare = served.client()
    assert bare.hello() == Trouble(Kind.REFUSED, "certificate_needed")
    code = served.code("new-kiosk")
    path = tmp_path / "tls.pem"
    done = enrol(bare, kiosk_id="new-kiosk", code=code.lower(), key=kiosk.device, path=path)
    assert isinstance(done, Certified)
    assert path.stat().st_mode & 0o077 == 0
    assert timedelta(days=89) < done.not_after - datetime.now(UTC) < timedelta(days=91)
    certified = served.client(path)
    assert isinstance(certified.hello(), Hello)
    assert isinstance(certified.deliver(kiosk.sealed()), Delivered)
    again = enrol(bare, kiosk_id="new-kiosk", code=code, key=kiosk.device, path=path)
    assert isinstance(again, Certified)  # the answer may have been lost the first time
    for client in (bare, certified):
        client.close()


@pytest.mark.parametrize("fault", ["unknown", "another kiosk's", "used"])
def test_a_code_that_is_not_good_brings_nothing(served: TlsPortal, tmp_path: Path, fault: str) -> None:
    client = served.client()
    code = {"unknown": "AAAA-BBBB-CCCC-DDDD"}.get(fault) or served.code("other" if fault != "used" else "mine")
    if fault == "used":
        enrol(client, kiosk_id="mine", code=code, key=StatementKey.generate(), path=tmp_path / "first.pem")
    path = tmp_path / "tls.pem"
    found = enrol(client, kiosk_id="mine", code=code, key=StatementKey.generate(), path=path)
    assert found == Trouble(Kind.REFUSED, "wrong_code")
    assert not path.exists()
    client.close()


def test_a_certificate_is_renewed_near_its_end_even_without_one_to_show(served: TlsPortal, tmp_path: Path) -> None:
    key, path, client = StatementKey.generate(), tmp_path / "tls.pem", served.client()
    enrol(client, kiosk_id="renewing", code=served.code("renewing"), key=key, path=path)
    first = path.read_bytes()
    now = datetime.now(UTC)
    assert renew_if_due(client, kiosk_id="renewing", key=key, path=path, now=now) is None
    later = now + timedelta(days=61)
    assert isinstance(renew_if_due(client, kiosk_id="renewing", key=key, path=path, now=later), Certified)
    assert path.read_bytes() != first
    path.write_bytes(b"lost")
    assert certificate_end(path) is None
    assert isinstance(renew_if_due(client, kiosk_id="renewing", key=key, path=path, now=now), Certified)
    stranger = StatementKey.generate()
    refused = renew_if_due(client, kiosk_id="renewing", key=stranger, path=path, now=later)
    assert refused == Trouble(Kind.REFUSED, "unknown_device")
    client.close()


def test_a_certificate_by_another_authority_is_no_way_in(served: TlsPortal, tmp_path: Path) -> None:
    leaf = trustme.CA().issue_cert("new-kiosk")
    path = tmp_path / "forged.pem"
    path.write_bytes(leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes())
    client = served.client(path)
    assert isinstance(client.hello(), Trouble)
    client.close()


def test_a_code_is_kept_as_a_hash_and_is_good_for_a_day(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    make_database(tmp_path)
    make_authority(tmp_path, NOON)
    with closing(connect(tmp_path / DATABASE)) as db:
        code = make_code(db, "k", NOON)
        assert code not in "".join(str(row) for row in db.execute("SELECT * FROM enrol_code"))
        found = enrol_by_code(db, '{"body": {"public": "x"}}', load_authority(tmp_path), NOON)
        assert found == Problem(400, "malformed")
        until = db.execute("SELECT until FROM enrol_code").fetchone()[0]
    assert datetime.fromisoformat(until) == NOON + timedelta(days=1)
    authority = x509.load_pem_x509_certificate((tmp_path / "client-ca.pem").read_bytes())
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert (tmp_path / "keys" / "client-ca-key.pem").stat().st_mode & 0o077 == 0


def test_a_kiosk_whose_certificate_has_run_out_renews_it_by_itself_and_goes_on_sending(
    served: TlsPortal, tmp_path: Path
) -> None:
    kiosk = Bench(recipients=served.portal.trust.seal_to, kiosk_id="late")
    path, bare = tmp_path / "tls.pem", served.client()
    enrol(bare, kiosk_id="late", code=served.code("late"), key=kiosk.device, path=path)
    authority = load_authority(served.portal.folder)
    private = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(private, hashes.SHA256())
    ended = authority.issue("late", request, datetime.now(UTC) - timedelta(days=200))
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + ended.public_bytes(Encoding.PEM))
    client = served.client(path)
    assert isinstance(client.hello(), Trouble)
    outbox = Outbox.open(tmp_path / "outbox.db", receipt_keys=served.portal.trust.receipt_keys, limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    outbox.save(kiosk.sealed())
    sync = Sync(outbox, client, renewal=Renewal(client.without_certificate(), "late", kiosk.device, path))
    sync.start()
    eventually(lambda: outbox.status().pending == 0, within_s=15)
    sync.stop()
    outbox.close()
    until = certificate_end(path)
    assert until is not None
    assert until > datetime.now(UTC)
    bare.close()


def test_the_fleet_page_warns_two_weeks_before_a_certificate_ends() -> None:
    assert _ends_soon((NOON + timedelta(days=13)).isoformat(), NOON)
    assert not _ends_soon((NOON + timedelta(days=15)).isoformat(), NOON)
    assert not any(_ends_soon(until, NOON) for until in ("", None, "soon", 7))


def test_a_kiosk_that_was_stolen_is_revoked_by_one_command(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path)
    bench = Bench(recipients=portal.trust.seal_to)
    portal.enrol(bench.kiosk_id, bench.device)
    said = json.loads(portal_command("revoke", "--data", str(tmp_path), "--kiosk-id", bench.kiosk_id))
    assert said == {"kiosk_id": bench.kiosk_id, "keys": 1}
    with closing(connect(tmp_path / DATABASE)) as db:
        found = known_device(db, bench.device.key_id)
    assert found == Problem(403, "revoked_device")

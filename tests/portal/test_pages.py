"""The pages: a slip checked by anybody, the fleet seen by operators; nothing personal on either."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from offline_queue.envelope import Json, sign_statement
from offline_queue.slip_code import SlipCode, sign_slip
from portal.fleet import audit_changed, fleet
from portal.intake import enrol, keep_heartbeat
from portal.operators import Operators, load_operators, set_password
from portal.store import DATABASE, connect, make_database
from tests.offline_queue.samples import CANARY, NOON, Bench
from tests.portal.process import PortalProcess
from tests.portal.test_serving import packet_of, put

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("portal"), "--without-worker")
    set_password(process.folder, "ops", PASSWORD)
    process.start()
    yield process
    process.stop()


def slip(bench: Bench, portal: PortalProcess) -> str:
    code = SlipCode(bench.device.key_id, "TB1 2611 0001 J", "HK-WEL-01", bench.sealed().head.id, bytes(32), NOON, 7)
    return sign_slip(code, bench.device, verify_url=f"{portal.url}/verify")


def test_a_genuine_slip_shows_its_service_in_three_languages_its_date_and_no_more(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    answer = web.get(slip(bench, portal), timeout=5)
    assert answer.status_code == 200
    for shown in ("Genuine", "真確", "真实", "Senior Citizen Card", "2026-11-22"):
        assert shown in answer.text
    for hidden in ("TB1 2611", bench.kiosk_id, bench.device.key_id):
        assert hidden not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_slip_by_a_stranger_a_bent_one_and_garbage_are_not_confirmed(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    genuine = slip(bench, portal)
    bent = genuine[:-20] + ("A" if genuine[-20] != "A" else "B") + genuine[-19:]
    for url in (slip(Bench(), portal), bent, f"{portal.url}/verify?c=%00<script>", f"{portal.url}/verify?c="):
        answer = web.get(url, timeout=5)
        assert answer.status_code == 200
        assert "Not confirmed" in answer.text
        assert "Senior Citizen" not in answer.text
        assert "<script" not in answer.text


def test_the_page_without_a_code_says_what_to_do(portal: PortalProcess, web: requests.Session) -> None:
    assert "請用手機掃描" in web.get(f"{portal.url}/verify", timeout=5).text


def sign_in(portal: PortalProcess, web: requests.Session, password: str = PASSWORD) -> requests.Response:
    return web.post(f"{portal.url}/operator/login", data={"name": "ops", "password": password}, timeout=5)


def test_without_signing_in_an_operator_sees_nothing(portal: PortalProcess, web: requests.Session) -> None:
    for path in ("/operator", "/operator/receipt?number=TB1"):
        answer = web.get(portal.url + path, timeout=5)
        assert answer.status_code == 401
        assert "kiosk-1" not in answer.text
    web.cookies.set("operator", "e30.AAAA")
    assert web.get(f"{portal.url}/operator", timeout=5).status_code == 401


def test_a_signed_in_operator_sees_kiosks_alarms_and_receipts_and_no_applicant(
    portal: PortalProcess, bench: Bench, web: requests.Session
) -> None:
    sealed = bench.sealed(number="TB1 2611 0457 K")
    assert put(web, portal, sealed, packet_of(sealed)).status_code == 201
    body: dict[str, Json] = {
        "kiosk_id": bench.kiosk_id,
        "counts": {"READY": 3, "QUARANTINED": 1},
        "oldest_age_s": 7260,
        "health": {"printer": "<b>fault</b>"},
        "audit_seq": 5,
        "audit_hash": "aa",
    }
    beat = sign_statement("heartbeat", body, bench.device)
    assert web.post(f"{portal.url}/v1/heartbeat", data=beat.encode(), timeout=5).status_code == 200
    shown = sign_in(portal, web)
    assert shown.status_code == 200
    for text in ("kiosk-1", "envelopes set aside", "unsent for over an hour", "2 h 1 min", "&lt;b&gt;fault"):
        assert text in shown.text
    found = web.get(f"{portal.url}/operator/receipt", params={"number": "tb1 2611 0457 k"}, timeout=5).text
    assert "Taken" in found
    assert "Social Welfare Department" in found
    assert re.search(r"Reference P\d{8}", found)
    assert CANARY not in shown.text + found
    assert "No submission" in web.get(f"{portal.url}/operator/receipt?number=<i>", timeout=5).text
    assert web.post(f"{portal.url}/operator/logout", timeout=5).status_code == 401


def test_a_wrong_password_is_refused_and_guessing_is_slowed(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "data", "--without-worker")
    set_password(portal.folder, "ops", PASSWORD)
    portal.start()
    with requests.Session() as web:
        tries = [sign_in(portal, web, f"guess {n} guess").status_code for n in range(8)]
        assert tries[0] == 403
        assert tries[-1] == 429
    portal.stop()


def test_a_session_ends_after_its_hours_and_passwords_are_kept_as_hashes(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    set_password(tmp_path, "ops", PASSWORD)
    operators = load_operators(tmp_path)
    session = operators.signed_in("ops", PASSWORD, NOON)
    assert session is not None
    cookie = operators.cookie(session)
    assert operators.who(cookie, NOON + timedelta(hours=7)) == session
    assert operators.who(cookie, NOON + timedelta(hours=9)) is None
    assert Operators(operators.secret).who(cookie, NOON) is None
    assert operators.signed_in("nobody", PASSWORD, NOON) is None
    assert PASSWORD not in (tmp_path / "keys" / "operators.json").read_text(encoding="utf-8")
    assert (tmp_path / "keys" / "operators.json").stat().st_mode & 0o077 == 0
    with pytest.raises(ValueError, match="10 characters"):
        set_password(tmp_path, "ops", "short")


def test_the_command_refuses_a_short_password_with_a_sentence(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "data")
    command = [sys.executable, "-m", "portal", "operator", "--data", str(portal.folder), "--name", "ops"]
    done = subprocess.run([*command, "--password", "short"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "10 characters" in done.stderr


def test_the_fleet_sorts_by_oldest_unsent_and_knows_what_to_worry_about(tmp_path: Path) -> None:
    make_database(tmp_path)
    with closing(connect(tmp_path / DATABASE)) as db:
        for name in ("calm", "old", "new", "skewed"):
            key = Bench().device
            enrol(db, name, key.key_id, key.public_bytes, NOON)
        keep_heartbeat(db, "calm", {"counts": {}, "audit_seq": 1}, NOON)
        keep_heartbeat(db, "old", {"counts": {"READY": 2}, "oldest_age_s": 9000.0}, NOON - timedelta(minutes=11))
        keep_heartbeat(db, "skewed", {"counts": {"READY": 1}, "oldest_age_s": 5, "clock_offset_s": -90.5}, NOON)
        views = fleet(db, NOON)
    assert [(view.kiosk_id, view.alarms) for view in views] == [
        ("new", ("never_seen",)),
        ("old", ("silent", "old_unsent")),
        ("skewed", ("clock_wrong",)),
        ("calm", ()),
    ]
    assert views[1].oldest_age_s == 9660.0


def test_an_audit_chain_that_got_shorter_or_other_raises_an_alarm_that_stays(tmp_path: Path) -> None:
    make_database(tmp_path)
    key = Bench().device
    with closing(connect(tmp_path / DATABASE)) as db:
        enrol(db, "k", key.key_id, key.public_bytes, NOON)
        for seq, digest in ((5, "a"), (6, "b"), (4, "c"), (9, "d")):
            keep_heartbeat(db, "k", {"audit_seq": seq, "audit_hash": digest}, datetime.now(UTC))
        (view,) = fleet(db, datetime.now(UTC))
    assert view.alarms == ("audit_changed",)
    assert audit_changed('{"audit_seq": 4, "audit_hash": "c"}', {"audit_seq": 4, "audit_hash": "x"})
    assert not audit_changed('{"audit_seq": 4, "audit_hash": "c"}', {"audit_seq": 4, "audit_hash": "c"})
    assert not audit_changed(None, {"audit_seq": 1})

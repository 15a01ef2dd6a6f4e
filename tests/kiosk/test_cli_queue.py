"""The operator's commands: what they say in plain words, what they do, and how they refuse."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.app import START_SENTENCES
from kiosk.cli import main
from offline_queue.bundle import receipts_text
from offline_queue.envelope import b64
from offline_queue.orders import Operator, Outcome, perform_waiting
from offline_queue.outbox import Outbox
from offline_queue.records import Line, State
from offline_queue.sealing import DeviceKey, FileDeviceKey, SealedEnvelope
from offline_queue.slip_code import SlipCode, sign_slip
from tests.offline_queue.samples import NOON, Bench, opened

Run = Callable[..., Result]


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def folder(tmp_path: Path, bench: Bench) -> Path:
    """A kiosk's folder: kiosk.toml, a queue folder, the portal's public file."""
    (tmp_path / "queue").mkdir()
    toml = '[queue]\nfolder = "queue"\nquota_mb = 256\n[portal]\npublic_file = "portal-public.json"\n'
    (tmp_path / "kiosk.toml").write_text(toml, encoding="utf-8")
    recipients = [{"kem": r.kem.value, "public": b64(r.public)} for r in bench.recipients]
    keys = [{"kid": kid, "public": b64(public)} for kid, public in bench.receipt_keys.items()]
    (tmp_path / "portal-public.json").write_text(json.dumps({"recipients": recipients, "receipt_keys": keys}))
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    def call(*words: str) -> Result:
        return CliRunner().invoke(main, ["queue", *words, "--config", str(folder / "kiosk.toml")])

    return call


@pytest.fixture
def outbox(folder: Path, bench: Bench) -> Iterator[Outbox]:
    """What a running kiosk holds open; close it to let a command act by itself."""
    box = opened(folder / "queue" / "outbox.db", bench)
    yield box
    box.close()


def saved(outbox: Outbox, bench: Bench) -> SealedEnvelope:
    sealed = bench.sealed(number=outbox.next_receipt_number(NOON))
    outbox.save(sealed)
    outbox.retry_all()  # other work: the database has it then, for another process to see
    return sealed


def set_aside(outbox: Outbox, bench: Bench) -> str:
    sealed = saved(outbox, bench)
    claim = outbox.claim(lease_s=60)
    assert claim is not None
    outbox.quarantine(claim, "malformed")
    return sealed.head.receipt_number


def refused(done: Result, code: int = 1) -> str:
    """The one sentence of a refusal."""
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert done.stderr.startswith("Error: ") or code == 2
    assert "Traceback" not in done.stderr
    return done.stderr.removeprefix("Error: ").strip()


def test_status_tells_beside_a_running_kiosk_what_waits_and_how_the_line_is(
    run: Run, outbox: Outbox, bench: Bench
) -> None:
    saved(outbox, bench)
    outbox.note_line(Line("line_down", "2026-11-22T11:00:00.000Z", "2999-11-22T12:05:00.000Z"))
    done = run("status")
    assert done.exit_code == 0, done.output
    assert "1 waiting, the oldest for" in done.output
    assert "ready to go" in done.output
    assert "line: line down since 2026-11-22 19:00" in done.output
    told = json.loads(run("status", "--json").output)
    assert (told["pending"], told["counts"]["READY"], told["line"]["code"]) == (1, 1, "line_down")


def test_list_and_why_say_in_plain_words_why_something_has_not_gone(run: Run, outbox: Outbox, bench: Bench) -> None:
    number = saved(outbox, bench).head.receipt_number
    outbox.note_line(Line("line_down", "2026-11-22T11:00:00.000Z", "2999-11-22T12:05:00.000Z"))
    sentence = "The line has been down since 2026-11-22 19:00; tried again at 2999-11-22 20:05."
    for words in (("list",), ("why", number), ("why", number.lower().replace(" ", ""))):
        done = run(*words)
        assert number in done.output
        assert sentence in done.output
    assert "線路由 2026-11-22 19:00 起中斷" in run("why", number, "--language", "zh_Hant").output
    assert json.loads(run("list", "--json").output)[0]["says"] == sentence
    assert json.loads(run("why", number, "--json").output)["why"]["text_id"] == "queue.why.line_down"


def test_an_empty_queue_says_that_nothing_waits(run: Run, outbox: Outbox) -> None:
    assert "Nothing waits." in run("list").output
    assert json.loads(run("list", "--json").output) == []


def test_what_was_delivered_can_still_be_asked_about(run: Run, outbox: Outbox, bench: Bench) -> None:
    sealed = saved(outbox, bench)
    outbox.acknowledge(bench.receipt_for(sealed))
    done = run("why", sealed.head.receipt_number)
    assert done.exit_code == 0
    assert "delivered" in done.output.lower()


@pytest.mark.parametrize("words", [("status",), ("list",), ("why", "x"), ("audit",), ("retry",), ("salvage",)])
def test_a_queue_that_is_not_there_is_one_sentence_and_is_not_made(
    run: Run, folder: Path, words: tuple[str, ...]
) -> None:
    assert "There is no queue" in refused(run(*words))
    assert not (folder / "queue" / "outbox.db").exists()


def test_nobody_knows_a_number_that_was_never_given(run: Run, outbox: Outbox) -> None:
    assert "no application TB1 2611 0999 A" in refused(run("why", "TB1 2611 0999 A"))


def test_release_sends_what_was_set_aside_once_and_puts_the_reason_on_record(
    run: Run, outbox: Outbox, bench: Bench
) -> None:
    number = set_aside(outbox, bench)
    outbox.close()
    assert "released" in run("release", number, "--reason", "portal mended").output
    assert "it is READY" in refused(run("release", number, "--reason", "again"))
    assert "operator:portal mended" in run("audit").output
    assert refused(run("release", number), code=2)


def test_retry_is_carried_out_by_the_running_kiosk(run: Run, outbox: Outbox, bench: Bench) -> None:
    saved(outbox, bench)
    claim = outbox.claim(lease_s=60)
    assert claim is not None
    outbox.put_back(claim, "busy", delay_s=600)
    stop = threading.Event()

    def kiosk() -> None:
        while not stop.wait(0.02):
            perform_waiting(outbox, Operator("TB1", bench.device), NOON)

    thread = threading.Thread(target=kiosk)
    thread.start()
    try:
        done = run("retry", "--json")
    finally:
        stop.set()
        thread.join()
    assert json.loads(done.output) == {"count": 1}
    assert outbox.claim(lease_s=60) is not None


def test_a_kiosk_that_does_not_react_is_one_sentence(run: Run, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.cli_queue.give", lambda *_, **__: Outcome("kiosk_silent"))
    assert "did not answer" in refused(run("retry"))


def test_an_export_comes_back_as_receipts_that_settle_it(run: Run, outbox: Outbox, bench: Bench, folder: Path) -> None:
    sealed = saved(outbox, bench)
    outbox.close()
    stick = folder / "stick.zip"
    assert "1 applications in" in run("export", str(stick)).output
    assert "there already" in refused(run("export", str(stick)))
    back = folder / "back.json"
    back.write_text(receipts_text([bench.receipt_for(sealed), "another kiosk's"], {}), encoding="utf-8")
    told = json.loads(run("import", str(back), "--json").output)
    assert told == {"settled": 1, "ignored": 1}
    assert json.loads(run("status", "--json").output)["pending"] == 0


def test_import_refuses_what_is_no_file_of_receipts_and_a_kiosk_without_a_portal(
    run: Run, outbox: Outbox, folder: Path
) -> None:
    outbox.close()
    (folder / "holiday.txt").write_text("not receipts", encoding="utf-8")
    assert "not a file of receipts" in refused(run("import", str(folder / "holiday.txt")))
    assert "There is no file" in refused(run("import", str(folder / "none.json")))
    (folder / "portal-public.json").unlink()
    assert "no portal file" in refused(run("import", str(folder / "holiday.txt")))


def test_giving_up_needs_an_export_first(run: Run, outbox: Outbox, bench: Bench, folder: Path) -> None:
    number = set_aside(outbox, bench)
    outbox.close()
    assert "it is QUARANTINED" in refused(run("abandon", number, "--reason", "withdrawn"))
    run("export", str(folder / "stick.zip"))
    assert "given up" in run("abandon", number, "--reason", "withdrawn").output
    assert json.loads(run("why", number, "--json").output)["state"] == State.ABANDONED


def test_audit_lists_what_happened_and_proves_that_nothing_was_changed(run: Run, outbox: Outbox, bench: Bench) -> None:
    saved(outbox, bench)
    events = json.loads(run("audit", "--json").output)
    assert events[-1]["code"] == "saved"
    assert json.loads(run("audit", "--json", "--after", str(events[-1]["seq"])).output) == []
    proven = run("audit", "--verify")
    assert proven.exit_code == 0
    assert "nothing was changed" in proven.output


def test_audit_tells_a_changed_record_and_exits_with_1(run: Run, outbox: Outbox, bench: Bench, folder: Path) -> None:
    import sqlite3

    saved(outbox, bench)
    outbox.close()
    db = sqlite3.connect(folder / "queue" / "outbox.db")
    db.execute("UPDATE audit SET event = replace(event, 'saved', 'taken')")
    db.commit()
    db.close()
    done = run("audit", "--verify", "--json")
    assert done.exit_code == 1
    told = json.loads(done.output)
    assert told["sound"] is False
    assert "altered" in told["says"][0]


def test_salvage_saves_what_a_damaged_queue_still_holds(run: Run, outbox: Outbox, folder: Path) -> None:
    outbox.close()
    assert "not damaged" in run("salvage").output
    path = folder / "queue" / "outbox.db"
    path.write_bytes(b"this was a queue once" * 1000)
    assert "`python -m kiosk queue salvage`" in refused(run("status"))
    told = json.loads(run("salvage", "--json").output)
    assert Path(told["aside"]).read_bytes().startswith(b"this was a queue once")
    assert run("status").exit_code == 0


def test_the_start_sentence_names_a_command_that_exists() -> None:
    named = START_SENTENCES["queue_damaged"].split("`")[1].removeprefix("python -m kiosk ").split()
    assert CliRunner().invoke(main, [*named, "--help"]).exit_code == 0


def slip_of(key: DeviceKey) -> str:
    code = SlipCode(
        kid=key.key_id,
        receipt_number="TB1 2611 0457 K",
        service="HK-WEL-01",
        envelope_id="0193543e-0000-7000-8000-000000000001",
        sha256=bytes(32),
        stored_at=NOON + timedelta(minutes=1),
        chain_count=3,
    )
    return sign_slip(code, key, verify_url="https://portal.example/verify")


def test_verify_proves_this_kiosks_own_slip_without_the_line(run: Run, folder: Path) -> None:
    url = slip_of(FileDeviceKey.load_or_create(folder / "queue" / "device.key"))
    done = run("verify", url)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Genuine. TB1 2611 0457 K, HK-WEL-01, stored 2026-11-22 12:01 UTC")
    assert json.loads(run("verify", url, "--json").output)["genuine"] is True


def test_verify_tells_a_forged_slip_an_unknown_kiosk_and_no_slip(run: Run, folder: Path, bench: Bench) -> None:
    own = FileDeviceKey.load_or_create(folder / "queue" / "device.key")
    url = slip_of(own)
    assert "Not genuine" in refused(run("verify", url[:-8] + "AAAAAAAA"))
    assert "not the code of a slip" in refused(run("verify", "https://portal.example/"))
    assert "does not know the key" in refused(run("verify", slip_of(bench.device)))
    told = run("verify", slip_of(bench.device), "--json")
    assert (told.exit_code, json.loads(told.output)["genuine"]) == (1, False)


def test_verify_knows_other_kiosks_from_a_file_of_keys(run: Run, folder: Path, bench: Bench) -> None:
    keys = folder / "keys.txt"
    keys.write_text(f"# made up\n{bench.device.public_bytes.hex()}  # kiosk-1\n", encoding="ascii")
    assert "Genuine." in run("verify", slip_of(bench.device), "--keys", str(keys)).output
    keys.write_text("not a key\n", encoding="ascii")
    assert "not a file of public keys" in refused(run("verify", slip_of(bench.device), "--keys", str(keys)))
    assert not (folder / "queue" / "device.key").exists()


def test_a_bad_kiosk_file_or_site_is_one_sentence(run: Run, outbox: Outbox, folder: Path) -> None:
    outbox.close()
    text = (folder / "kiosk.toml").read_text(encoding="utf-8")
    (folder / "kiosk.toml").write_text('[site]\nid = "kiosk one"\n' + text, encoding="utf-8")
    assert "'kiosk one' will not do" in refused(run("retry"))
    (folder / "kiosk.toml").write_text("[sight]\n", encoding="utf-8")
    assert "Did you mean 'site'?" in refused(run("status"))

"""Signing out ends a session where it is kept: its cookie is worth nothing afterwards, on no node."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import requests

from portal.operator_sessions import begin_session, end_session, is_open
from portal.operators import Operators, Session, load_operators, set_password
from portal.store import Store
from tests.offline_queue.samples import NOON
from tests.portal.process import PortalProcess

PASSWORD = "correct horse battery"


def fresh(folder: Path) -> tuple[Operators, Session]:
    (folder / "keys").mkdir(exist_ok=True)
    set_password(folder, "ops", PASSWORD)
    operators = load_operators(folder)
    session = operators.signed_in("ops", PASSWORD, NOON)
    assert session is not None
    return operators, session


def test_a_session_is_open_from_signing_in_to_signing_out_and_other_sessions_stay(store: Store, tmp_path: Path) -> None:
    operators, session = fresh(tmp_path)
    other = operators.signed_in("ops", PASSWORD, NOON)
    assert other is not None
    assert not store.submit(lambda db: is_open(db, session)).result()
    for each in (session, other):
        store.submit(lambda db, each=each: begin_session(db, each, NOON)).result()
    assert store.submit(lambda db: is_open(db, session)).result()
    store.submit(lambda db: end_session(db, session)).result()
    assert not store.submit(lambda db: is_open(db, session)).result()
    assert store.submit(lambda db: is_open(db, other)).result()


def test_sessions_whose_hours_are_over_are_forgotten_and_keys_are_never_kept(store: Store, tmp_path: Path) -> None:
    operators, session = fresh(tmp_path)
    store.submit(lambda db: begin_session(db, session, NOON)).result()
    later = NOON + timedelta(hours=9)
    follower = operators.signed_in("ops", PASSWORD, later)
    assert follower is not None
    store.submit(lambda db: begin_session(db, follower, later)).result()
    rows = store.submit(lambda db: db.execute("SELECT digest, until FROM operator_session").fetchall()).result()
    assert [row[0] for row in rows] == [follower.digest]
    assert follower.key not in str(rows)


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out_on_any_node(
    tmp_path: Path, database: str, web: requests.Session
) -> None:
    first = PortalProcess.make(tmp_path / "data", "--without-worker", database=database)
    set_password(first.folder, "ops", PASSWORD)
    second = PortalProcess(first.folder, options=first.options, database=database).start()
    first.start()
    form = {"name": "ops", "password": PASSWORD}
    assert web.post(f"{first.url}/operator/login", data=form, timeout=10).status_code == 200
    copied = {"operator": web.cookies["operator"]}
    assert [seen(node, copied) for node in (first, second)] == [200, 200]
    assert web.post(f"{second.url}/operator/logout", cookies=copied, timeout=10).status_code == 401
    assert [seen(node, copied) for node in (first, second)] == [401, 401]
    first.stop()
    first.start()
    assert seen(first, copied) == 401
    first.stop()
    second.stop()


def seen(node: PortalProcess, cookies: dict[str, str]) -> int:
    return requests.get(f"{node.url}/operator", cookies=cookies, timeout=10).status_code

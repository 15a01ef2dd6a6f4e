"""Running an ingest node: its socket, its announcement, and the worker beside it."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from offline_queue.no_core import forbid_core_dumps
from portal import card_broker_simulated
from portal.app import create_app
from portal.card_broker import CardReadings
from portal.enrolment import load_authority
from portal.gateways import GATEWAYS_VARIABLE, load_gateways
from portal.guard import CERTIFICATE
from portal.iam_smart import IamSmart, load_account
from portal.iam_smart_simulated import SimulatedIamSmart, add_simulated_iam_smart, make_simulated
from portal.keys import public_keys, signing_key
from portal.node import Limits
from portal.operators import load_operators
from portal.place import DATABASE_VARIABLE, OBJECTS_VARIABLE, Place
from portal.sign_in import SignIns
from portal.simulated_post import SimulatedPost, add_simulated_post
from portal.store import DEPARTMENTS


@dataclass(frozen=True)
class Tls:
    """PEM files: this node's certificate and key; with `client_ca`, callers must show a certificate by it."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


class _CertificateProtocol(HttpToolsProtocol):
    """Tells the application whether the caller's handshake proved a client certificate."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        encrypted = self.transport.get_extra_info("ssl_object")
        self.scope[CERTIFICATE] = bool(encrypted and encrypted.getpeercert())  # type: ignore[typeddict-unknown-key]


class _Announcing(uvicorn.Server):
    """Prints one JSON line with its port when it is ready to be called."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if sockets and self.started:
            print(json.dumps({"port": sockets[0].getsockname()[1]}), flush=True)


def serve(
    place: Place,
    *,
    host: str,
    port: int,
    with_worker: bool,
    tls: Tls | None = None,
    limits: Limits | None = None,
    simulated_messages: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT: calls in hand are finished first (5 s at most), then the database is closed.

    `simulated_messages`: slips go to a mailbox and a telephone that are only pages of this portal.
    """
    forbid_core_dumps()
    folder = place.folder
    listener = _listen(host, port)
    own_url = f"http://{host}:{listener.getsockname()[1]}" if tls is None else ""
    sign_ins, simulated = _phone_sign_in(folder, own_url)
    broker, department = card_broker_simulated.make_simulated(own_url, wall=partial(datetime.now, UTC))
    simulated_post = _simulated_post(own_url) if simulated_messages else None
    app = create_app(
        place.open_store(),
        signing_key(folder),
        public_keys(folder),
        departments=partial(place.reading, DEPARTMENTS),
        objects=place.open_objects(),
        limits=limits,
        operators=load_operators(folder),
        authority=load_authority(folder),
        certificate_needed=tls is not None and tls.client_ca is not None,
        sign_ins=sign_ins,
        card_readings=CardReadings(broker, department) if own_url else None,
        ways=frozenset(load_gateways(folder)),
        post_simulated=simulated_messages,
    )
    if own_url:  # a portal in earnest has no toy doors; a site hands in its own broker
        card_broker_simulated.add_simulated_card_broker(app, broker)
    if simulated_post is not None:
        add_simulated_post(app, simulated_post)
    if simulated is not None:
        add_simulated_iam_smart(app, simulated)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        limit_concurrency=512,
        server_header=False,
        **_tls_options(tls),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ended_well)  # the server raises the signal again when it has shut down
    with _worker_beside(place) if with_worker else nullcontext():
        _Announcing(config).run(sockets=[listener])


def _phone_sign_in(folder: Path, own_url: str) -> tuple[SignIns | None, SimulatedIamSmart | None]:
    """Sign-in by phone: with the account of `iam-smart.json`; without one simulated, where no TLS is asked for."""
    wall = partial(datetime.now, UTC)
    known = load_account(folder)
    if known is not None:
        account, public_url = known
        return SignIns(IamSmart(account, wall=wall), public_url, simulated=False), None
    if not own_url:
        return None, None
    account, simulated = make_simulated(own_url, wall=wall)
    return SignIns(IamSmart(account, wall=wall), own_url, simulated=True), simulated


def _simulated_post(own_url: str) -> SimulatedPost:
    """Stand behind the portal's own gateways; worker and node are told of it by the environment."""
    post = SimulatedPost()
    os.environ[GATEWAYS_VARIABLE] = json.dumps(post.start(own_url))
    return post


def _ended_well(*_: object) -> None:
    """Nothing is left to do."""


def _tls_options(tls: Tls | None) -> dict[str, Any]:
    if tls is None:
        return {}
    options: dict[str, Any] = {"ssl_certfile": str(tls.certificate), "ssl_keyfile": str(tls.key)}
    if tls.client_ca is not None:
        # Optional for the handshake, so that a kiosk can enrol; the calls themselves insist on it.
        options |= {
            "ssl_ca_certs": str(tls.client_ca),
            "ssl_cert_reqs": ssl.CERT_OPTIONAL,
            "http": _CertificateProtocol,
        }
    return options


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(512)
    return listener


class _worker_beside(AbstractContextManager[None]):  # noqa: N801 - read as a function
    """A worker process that ends with this one, whatever ends it: its standard input closes then."""

    def __init__(self, place: Place) -> None:
        command = [sys.executable, "-m", "portal", "worker", "--data", str(place.folder), "--until-input-ends"]
        # By the environment, not by arguments: a URL may hold a password, and arguments are for everybody to see.
        environment = {**os.environ, DATABASE_VARIABLE: place.database, OBJECTS_VARIABLE: place.objects}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

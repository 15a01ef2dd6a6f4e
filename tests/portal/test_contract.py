"""The portal keeps to its own OpenAPI: whatever comes in, it never fails nor answers what it does not document."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from offline_queue.envelope import ANSWER_HEADER, ENVELOPE_MEDIA_TYPE
from tests.offline_queue.samples import Bench
from tests.portal.process import PortalProcess, portal_command
from tests.portal.test_serving import packet_of, put

DOCUMENT = Path(__file__).parents[2] / "docs" / "portal-openapi.json"
CALLS = [
    ("GET", "/v1/hello"),
    ("GET", "/v1/fleet"),
    ("PUT", "/v1/envelopes/{envelope_id}"),
    ("GET", "/v1/envelopes/{envelope_id}"),
    ("PUT", "/v1/envelopes/{envelope_id}/chunks/{n}"),
    ("POST", "/v1/envelopes/{envelope_id}/commit"),
    ("POST", "/v1/heartbeat"),
    ("POST", "/v1/enrol"),
    ("POST", "/v1/renew"),
    ("POST", "/v1/enquiry"),
    ("GET", "/v1/enquiry/{enquiry_id}"),
    ("POST", "/v1/slip_message"),
    ("GET", "/v1/slip_message/{message_id}"),
    ("POST", "/v1/slots"),
    ("POST", "/v1/hold"),
    ("POST", "/v1/bill"),
    ("POST", "/v1/payment"),
    ("POST", "/v1/sign_in"),
    ("POST", "/v1/sign_in_state"),
    ("POST", "/v1/sign_in_end"),
    ("POST", "/v1/card_token"),
    ("POST", "/v1/card_resolve"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/verify"),
    ("GET", "/metrics"),
]
SEGMENTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="/?#\x00"), min_size=1, max_size=40),
    st.uuids().map(str),
    st.integers(-(10**30), 10**30).map(str),
    st.sampled_from(["..", ".", "%00", "'; DROP TABLE envelope; --", "0x10", "1e9", "９"]),
)
BODIES = st.one_of(
    st.binary(max_size=2000),
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
    st.integers(0, 2**32 - 1).map(lambda size: size.to_bytes(4, "big") + b'{"header":"{}","chunks":[]}'),
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("portal"), "--without-worker", "--rate", "100000").start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def contract(portal: PortalProcess) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(portal_command("openapi", "--data", str(portal.folder)))
    return found


@pytest.fixture(scope="module")
def web() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def check_answer(contract: dict[str, Any], method: str, template: str, answer: requests.Response) -> None:
    documented = contract["paths"][template][method.lower()]["responses"]
    assert answer.status_code < 500, answer.text
    assert str(answer.status_code) in documented, (answer.status_code, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
    assert (ANSWER_HEADER in answer.headers) == template.startswith("/v1/")


def test_every_call_of_the_contract_is_documented_and_no_other_is(contract: dict[str, Any]) -> None:
    documented = {(method.upper(), path) for path, calls in contract["paths"].items() for method in calls}
    assert documented == set(CALLS)


@pytest.mark.parametrize(("method", "template"), CALLS)
def test_no_input_makes_it_fail_or_answer_what_is_not_documented(
    portal: PortalProcess, contract: dict[str, Any], web: requests.Session, method: str, template: str
) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(segments=st.lists(SEGMENTS, min_size=2, max_size=2), body=BODIES, query=st.text(max_size=20))
    def call(segments: list[str], body: bytes, query: str) -> None:
        given_out = iter(segments)
        path = re.sub(r"\{\w+\}", lambda _: quote(next(given_out), safe=""), template)
        prepared = requests.Request(method, portal.url + path, params={"c": query}, data=body).prepare()
        prepared.url = prepared.url and prepared.url.replace("/../", "/%2E%2E/").replace("/./", "/%2E/")
        answer = web.send(prepared, timeout=5, allow_redirects=False)
        if answer.status_code in (404, 405) and answer.json()["code"] in ("not_found", "method_not_allowed"):
            return  # dots or an encoded slash led to no call of the contract
        check_answer(contract, method, template, answer)

    call()


@schemathesis.serializer(ENVELOPE_MEDIA_TYPE)
def _as_it_is(_: Any, value: Any) -> bytes:
    """Bodies that are bytes already."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def described(contract: dict[str, Any]) -> Any:
    return schemathesis.openapi.from_dict(contract)


@pytest.mark.parametrize("examples", [10, pytest.param(500, marks=[pytest.mark.soak, pytest.mark.timeout(600)])])
@pytest.mark.parametrize(("method", "template"), CALLS)
def test_an_outside_judge_finds_no_answer_that_is_not_in_the_contract(
    portal: PortalProcess, described: Any, method: str, template: str, examples: int
) -> None:
    operation = described[template][method]

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        # no schema can say that a statement is signed: bodies of the right shape are refused, and rightly
        case.call_and_validate(base_url=portal.url, excluded_checks=[positive_data_acceptance])

    call()


def test_the_contract_in_the_documents_is_the_one_that_is_served(contract: dict[str, Any]) -> None:
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == contract


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_real_packet_with_any_bytes_changed_is_refused_or_taken_as_it_was(
    portal: PortalProcess, contract: dict[str, Any], web: requests.Session, data: st.DataObject
) -> None:
    bench = Bench(recipients=portal.trust.seal_to)
    sealed = bench.sealed()
    raw = bytearray(packet_of(sealed))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    answer = put(web, portal, sealed, bytes(raw))
    check_answer(contract, "PUT", "/v1/envelopes/{envelope_id}", answer)
    assert answer.status_code in (400, 401, 422)  # this kiosk is not enrolled: not even an unchanged one is taken


def test_addresses_outside_the_contract_are_signed_problems_too(portal: PortalProcess, web: requests.Session) -> None:
    for method, path, status in (("GET", "/v1/nothing", 404), ("DELETE", "/v1/hello", 405), ("GET", "/", 404)):
        answer = web.request(method, portal.url + path, timeout=5)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_metrics_count_answers_and_envelopes(portal: PortalProcess, web: requests.Session) -> None:
    web.get(f"{portal.url}/v1/hello", timeout=5)
    text = web.get(f"{portal.url}/metrics", timeout=5).text
    assert re.search(r'^portal_answers_total\{method="GET",status="200"\} [1-9]\d*$', text, re.MULTILINE)
    assert re.search(r"^portal_envelopes_taken \d+$", text, re.MULTILINE)
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) .+|[a-z_]+(\{[^}]*\})? [0-9.]+", line), line

"""Every object store gives back the very bytes, says so when it cannot, and takes the same bytes twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.objects import FolderObjects, Objects, ObjectsUnavailableError, S3Objects, name_of, open_objects
from tests.portal.s3_server import s3_server

DATA = bytes(range(256)) * 1024


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    url = (tmp_path / "objects").as_uri() if request.param == "folder" else request.getfixturevalue("bucket")
    opened = open_objects(str(url))
    assert isinstance(opened, FolderObjects | S3Objects)
    return opened


@pytest.fixture
def spoil(objects: Objects, tmp_path: Path) -> Callable[[str, bytes], object]:
    """Puts other bytes under a name, past the store's back."""
    if isinstance(objects, FolderObjects):
        return lambda name, data: (tmp_path / "objects" / name[:2] / name).write_bytes(data)
    assert isinstance(objects, S3Objects)
    return objects.put


def test_what_is_put_comes_back_however_often_it_is_put(objects: Objects) -> None:
    for _ in range(2):
        objects.put(name_of(DATA), DATA)
    assert objects.get(name_of(DATA)) == DATA
    assert name_of(DATA) == hashlib.sha256(DATA).hexdigest()


def test_what_is_not_there_is_said_so(objects: Objects) -> None:
    with pytest.raises(ObjectsUnavailableError):
        objects.get(name_of(b"never put"))


def test_other_bytes_under_a_name_are_never_handed_out(objects: Objects, spoil: Callable[[str, bytes], object]) -> None:
    name = name_of(DATA + b"1")
    objects.put(name, DATA + b"1")
    spoil(name, DATA + b"2")
    with pytest.raises(ObjectsUnavailableError, match="other bytes"):
        objects.get(name)


def test_a_store_that_is_away_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for url in ((tmp_path / "file").as_uri(), "s3://bucket/p?endpoint=http://127.0.0.1:1"):
        away = open_objects(url)
        assert away is not None
        with pytest.raises(ObjectsUnavailableError):
            away.put(name_of(DATA), DATA)


@pytest.mark.parametrize("url", ["ftp://x/y", "s3:///prefix", "file:", "envelopes"])
def test_an_address_of_no_known_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="file:///folder"):
        open_objects(url)


def test_no_address_means_no_store() -> None:
    assert open_objects("") is None

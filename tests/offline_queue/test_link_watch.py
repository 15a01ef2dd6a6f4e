"""A change of the network is heard of."""

import os
import shutil
import subprocess
import threading

import pytest

from offline_queue.link_watch import LinkWatch


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("ip") is None, reason="changing an address needs root and ip")
def test_an_address_that_comes_and_goes_is_told_once_per_burst() -> None:
    heard = threading.Event()
    watch = LinkWatch(heard.set)
    watch.start()
    try:
        address = f"127.77.{os.getpid() % 250}.{os.getpid() // 250 % 250}/32"
        added = subprocess.run(["ip", "address", "add", address, "dev", "lo"], check=False, timeout=10)
        if added.returncode:
            pytest.skip("no address can be added here")
        assert heard.wait(5)
        heard.clear()
        subprocess.run(["ip", "address", "del", address, "dev", "lo"], check=True, timeout=10)
        assert heard.wait(5)
    finally:
        watch.stop()


def test_it_ends_when_told_also_when_nothing_ever_changed() -> None:
    watch = LinkWatch(lambda: None)
    watch.start()
    watch.stop()
    assert not watch._thread.is_alive()

"""`python -m kiosk`."""

from kiosk.memory import begin_without_caches

begin_without_caches()  # before anything else: what is loaded so far is loaded twice

from kiosk.cli import main  # noqa: E402

main()

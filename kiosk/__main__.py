"""`python -m kiosk`."""

from kiosk.memory import begin_without_caches, collect_rarely

begin_without_caches()  # before anything else: what is loaded so far is loaded twice
collect_rarely()  # before the modules load: they are most of what a start makes

from kiosk.cli import main  # noqa: E402

main()

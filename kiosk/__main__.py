"""`python -m kiosk`."""

from kiosk.memory import collect_rarely

collect_rarely()  # before the modules load: they are most of what a start makes

from kiosk.cli import main  # noqa: E402

main()

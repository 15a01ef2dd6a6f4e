"""`python -m hardware.cards`: the technician's and the developer's tool for card readers."""

from hardware.cards.cli import main

main(prog_name="python -m hardware.cards")

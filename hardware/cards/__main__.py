"""`python -m hardware.cards`: the technician's and the developer's tool for card readers."""

from hardware.cards.cli import main
from hardware.cards.cli_lab import emulate_command, trace_command, verify_command

__all__ = ["main"]

for command in (verify_command, trace_command, emulate_command):
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="python -m hardware.cards")

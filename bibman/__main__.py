"""`python -m bibman` is the command `bibman`."""

from bibman.cli.main import run

run()

"""`python -m bibman` is the command `bibman`; both begin here."""

import sys


def main() -> None:
    """Runs bibman; Ctrl-C ends it without a word, also while it is being loaded."""
    try:
        from bibman.cli.main import run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

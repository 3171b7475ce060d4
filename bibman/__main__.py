"""`python -m bibman` is the command `bibman`; both begin here."""

import gc
import sys

YOUNG = 100_000
"""So many new objects make Python look for circles among them: more than a batch of an ingest has at a time."""


def main() -> None:
    """Runs bibman; Ctrl-C ends it without a word, also while it is being loaded."""
    # Hardly anything here refers to itself in a circle; to look for that after every 700 objects, as Python does by
    # default, takes a tenth of the time of an ingest.
    gc.set_threshold(YOUNG)
    try:
        from bibman.cli.main import run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

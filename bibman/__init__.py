"""bibman: a bibliography manager for people who write LaTeX."""

__version__ = "0.1.0"

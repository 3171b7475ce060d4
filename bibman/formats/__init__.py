"""The text formats that are read and written. Pure: no file, clock, network or database."""

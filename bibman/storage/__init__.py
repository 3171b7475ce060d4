"""The library: one SQLite file, its tables, views, index and history."""

"""Where records of works are found: local catalogues, and services of the world outside."""

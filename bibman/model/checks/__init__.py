"""What is wrong with entries: each check has a code, says what it found and how to mend it, and mends it where safe."""

"""Fills USB sticks with what is handed out: `make stick`, docs/stick.md."""

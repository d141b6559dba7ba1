"""Documents whose values are known by construction."""

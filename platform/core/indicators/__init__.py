"""Thread one: the same rows travel from need to outcome, and one engine compares target and measurement (N1 to N6)."""

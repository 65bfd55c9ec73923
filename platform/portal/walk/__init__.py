"""The reference walk: from a pain point to shared revenue, played by people over real HTTP on an empty demonstration."""

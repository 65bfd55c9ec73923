"""What the home page shows each role."""

from portal.queries.homes import Home, home_of

__all__ = ["Home", "home_of"]

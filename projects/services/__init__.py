"""Writes of the room that ask no permission."""

"""Reactions to news."""

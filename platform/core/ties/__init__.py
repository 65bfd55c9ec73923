"""Dated ties between people and organisations, written by all rooms; conflicts of interest are computed from them."""

"""Handing a file out; the caller has asked the object's own rule before."""

from core.files.web.download import respond

__all__ = ["respond"]

"""Balanced double entries posted by one SQL function: holds, captures, voids, expiries, reversals, keys.

It records obligations and confirmations, never custody. `from core.ledger import services as ledger`.
"""

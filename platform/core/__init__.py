"""What every room stands on: the five threads (indicators, checks, book, ledger, inbox), accounts and the doors' bases."""

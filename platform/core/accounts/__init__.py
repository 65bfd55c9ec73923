"""People, organisations, membership and machine clients: who acts, and for whom."""

"""Benefits: share agreements, settlement, tranches and the risk fund."""

"""The room of benefit and risk: share agreements, settlement, tranches, the risk fund. Obligations, never custody."""

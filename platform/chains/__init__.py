"""The room of industry chains: the map, its leaders, and the machines that stand on its nodes."""

"""Projects: who does what by when, gate by gate, with staged money, hand-over and acceptance."""

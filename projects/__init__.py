"""Projects: parties, gates, money that moves gate by gate, acceptance."""

"""One document per object of every room, each with its visibility; search, matching and duplicates read only these."""

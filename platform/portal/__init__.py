"""What gathers from many rooms: the home of each role and the reference walk."""

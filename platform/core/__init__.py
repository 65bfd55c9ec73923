"""What every room stands on: the five threads, accounts, and the bases of the doors."""

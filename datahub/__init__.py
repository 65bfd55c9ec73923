"""Data hub: catalogue, grants, intake, signals. Its tables come with the first of them."""

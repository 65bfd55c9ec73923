"""Running the product: whether it is well, what it says of itself, and how it is kept and brought back."""

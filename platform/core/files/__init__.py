"""Files that people upload: stored once, reached only through the object they belong to."""

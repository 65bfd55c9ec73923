"""The room's place in the navigation; filled when the shell is loaded."""

"""What a folder or a server ships: the tools that its users may use, by the names that their uses have."""

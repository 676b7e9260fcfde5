"""Bytes → text: archives, lines, JSON and Python's way to write data, each fault with its place."""

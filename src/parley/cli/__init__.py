"""The command line: a family of verbs a file, and what they share."""

"""The parts of the article channel: bytes → text → blocks → dates, names, statements and tellers. Rules are in YAML."""

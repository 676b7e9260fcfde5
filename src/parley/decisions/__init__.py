"""What people decide, and models answer, into the record."""

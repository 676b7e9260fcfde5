"""What the columns of a table mean: mappings as people write them, what a row says by one, a first one proposed."""

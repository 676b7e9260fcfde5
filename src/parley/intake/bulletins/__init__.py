"""A party's bulletins: counts per area, as text or as a table, and whether they add up."""

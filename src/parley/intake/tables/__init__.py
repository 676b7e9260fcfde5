"""Text, workbooks and JSON → rows of a table, each cell with its place."""

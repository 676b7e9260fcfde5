-- The statements that tell of each input: itself, and how far it was read. May be dropped and made again from the record.
CREATE TABLE IF NOT EXISTS arrival (
  entry INTEGER PRIMARY KEY,
  same BLOB NOT NULL  -- a digest of what makes two arrivals the same
) STRICT;
CREATE INDEX IF NOT EXISTS arrival_by_same ON arrival (same);
-- The head of the record up to which that goes.
CREATE TABLE IF NOT EXISTS as_of (one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL) STRICT;

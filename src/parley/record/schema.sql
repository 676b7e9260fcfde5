-- record.db, version 1. Rows are only ever added; one row changes: the checkpoint that was signed last.

CREATE TABLE entry (
  idx INTEGER PRIMARY KEY CHECK (idx >= 0),                   -- the number in the log, from 0, without gaps
  kind TEXT NOT NULL,                                         -- the statement's kind, for reading by kind
  leaf BLOB NOT NULL,                                         -- the leaf entry, as the entry bundles hold it
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),     -- the tree's level 0
  envelope BLOB NOT NULL                                      -- the DSSE envelope, canonical JSON
) STRICT;

CREATE INDEX entry_by_kind ON entry (kind);

-- The roots of full tiles: all that the levels of tlog-tiles above 0 hold. The hash (level, idx) spans 256^level entries.
CREATE TABLE tile_hash (
  level INTEGER NOT NULL CHECK (level >= 1),
  idx INTEGER NOT NULL CHECK (idx >= 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  note BLOB NOT NULL                                          -- the signed note, the last that was signed
) STRICT;

CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'entries never change'); END;
CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'entries never go'); END;
CREATE TRIGGER tile_hash_never_changes BEFORE UPDATE ON tile_hash BEGIN SELECT raise(ABORT, 'hashes never change'); END;
CREATE TRIGGER tile_hash_never_goes BEFORE DELETE ON tile_hash BEGIN SELECT raise(ABORT, 'hashes never go'); END;

-- record.db, version 3. Entries are only ever added. Bodies and secrets can be destroyed, never changed; the tables at the
-- end hold the newest checkpoints and change.

CREATE TABLE entry (
  idx INTEGER PRIMARY KEY CHECK (idx >= 0),                   -- the number in the log, from 0, without gaps
  kind TEXT NOT NULL,                                         -- the statement's kind, for reading by kind
  sender TEXT NOT NULL,                                       -- the sender's key ID in full, hex
  seq INTEGER NOT NULL CHECK (seq >= 0),                      -- the sender's own count: each number stands here once
  leaf BLOB NOT NULL CHECK (length(leaf) <= 65535),           -- the leaf entry, as the entry bundles hold it
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),     -- the tree's level 0
  envelope BLOB NOT NULL                                      -- the DSSE envelope, canonical JSON
) STRICT;

CREATE INDEX entry_by_kind ON entry (kind);
CREATE UNIQUE INDEX entry_by_sender ON entry (sender, seq);

-- What shredding destroys: the sealed body, and the secret that opens it and salts its fields.
CREATE TABLE body (
  idx INTEGER PRIMARY KEY,
  sealed BLOB NOT NULL,
  secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;

-- The roots of full tiles: all that the levels of tlog-tiles above 0 hold. The hash (level, idx) spans 256^level entries.
CREATE TABLE tile_hash (
  level INTEGER NOT NULL CHECK (level >= 1),
  idx INTEGER NOT NULL CHECK (idx >= 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;

-- Checkpoint notes that statements saw, under their digests.
CREATE TABLE seen (digest BLOB PRIMARY KEY CHECK (length(digest) = 32), note BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Checkpoint notes by name: 'signed', the newest that the log signed; 'cosigned', the newest with every cosignature that
-- it has; 'recorded' and 'shared', the newest that these tiers are met by; 'by NAME', the newest with one cosigner's.
CREATE TABLE checkpoint (name TEXT PRIMARY KEY, note BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'entries never change'); END;
CREATE TRIGGER entry_never_goes BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'entries never go'); END;
CREATE TRIGGER body_never_changes BEFORE UPDATE ON body BEGIN SELECT raise(ABORT, 'bodies never change'); END;
CREATE TRIGGER tile_hash_never_changes BEFORE UPDATE ON tile_hash BEGIN SELECT raise(ABORT, 'hashes never change'); END;
CREATE TRIGGER tile_hash_never_goes BEFORE DELETE ON tile_hash BEGIN SELECT raise(ABORT, 'hashes never go'); END;

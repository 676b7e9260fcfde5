-- Every query of the store, each under its name.

-- name: add_entry
INSERT INTO entry (idx, kind, sender, seq, leaf, leaf_hash, envelope) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: add_body
INSERT INTO body (idx, sealed, secret) VALUES (?, ?, ?);

-- name: add_tile_hash
INSERT INTO tile_hash (level, idx, hash) VALUES (?, ?, ?);

-- name: add_seen
INSERT INTO seen (digest, note) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: set_checkpoint
INSERT INTO checkpoint (name, note) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET note = excluded.note;

-- name: checkpoint
SELECT note FROM checkpoint WHERE name = ?;

-- name: checkpoints
SELECT name, note FROM checkpoint ORDER BY name;

-- name: seen
SELECT note FROM seen WHERE digest = ?;

-- name: all_seen
SELECT note FROM seen ORDER BY digest;

-- name: size
SELECT coalesce(max(idx) + 1, 0) FROM entry;

-- name: entries
SELECT idx, kind, sender, seq, leaf, leaf_hash, envelope FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx LIMIT ?;

-- name: all_entries
SELECT idx, kind, sender, seq, leaf, leaf_hash, envelope FROM entry ORDER BY idx;

-- name: entries_of_kind
SELECT idx, kind, sender, seq, leaf, leaf_hash, envelope FROM entry
WHERE kind = ? AND idx >= ? AND idx < ? ORDER BY idx LIMIT ?;

-- name: entries_at
SELECT idx, kind, sender, seq, leaf, leaf_hash, envelope FROM entry
WHERE idx IN (SELECT value FROM json_each(?)) ORDER BY idx;

-- name: of_sender
SELECT idx FROM entry WHERE sender = ? AND seq = ?;

-- name: by_digest
SELECT idx FROM entry WHERE substr(leaf, 93, ?) = ? ORDER BY idx;

-- name: last_of
SELECT idx FROM entry WHERE sender = ? ORDER BY seq DESC LIMIT 1;

-- name: bodies
SELECT idx, sealed, secret FROM body WHERE idx IN (SELECT value FROM json_each(?));

-- name: shred
DELETE FROM body WHERE idx = ?;

-- name: leaf_hashes
SELECT leaf_hash FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx;

-- name: leaves
SELECT leaf FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx;

-- name: envelopes
SELECT envelope FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx;

-- name: tile_hashes
SELECT hash FROM tile_hash WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx;

-- name: all_tile_hashes
SELECT level, idx, hash FROM tile_hash ORDER BY level, idx;

-- name: schema
SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name;

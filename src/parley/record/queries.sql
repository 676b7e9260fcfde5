-- Every query of the store, each under its name.

-- name: add_entry
INSERT INTO entry (idx, kind, leaf, leaf_hash, envelope) VALUES (?, ?, ?, ?, ?);

-- name: add_tile_hash
INSERT INTO tile_hash (level, idx, hash) VALUES (?, ?, ?);

-- name: set_checkpoint
INSERT INTO checkpoint (id, note) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET note = excluded.note;

-- name: checkpoint
SELECT note FROM checkpoint WHERE id = 1;

-- name: size
SELECT coalesce(max(idx) + 1, 0) FROM entry;

-- name: entries
SELECT idx, kind, leaf, leaf_hash, envelope FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx LIMIT ?;

-- name: all_entries
SELECT idx, kind, leaf, leaf_hash, envelope FROM entry ORDER BY idx;

-- name: entries_of_kinds
SELECT idx, kind, leaf, leaf_hash, envelope FROM entry
WHERE idx >= ? AND idx < ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY idx LIMIT ?;

-- name: leaf_hashes
SELECT leaf_hash FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx;

-- name: tile_hashes
SELECT hash FROM tile_hash WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx;

-- name: all_tile_hashes
SELECT level, idx, hash FROM tile_hash ORDER BY level, idx;

-- name: schema
SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name;

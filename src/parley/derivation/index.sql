-- By what statements are found: a view of the record, which may be dropped and made again.
-- Under which keys each stands; see `touched`.
CREATE TABLE IF NOT EXISTS found_key (key INTEGER, entry INTEGER, PRIMARY KEY (key, entry)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS found_key_of ON found_key (entry);
-- The statements of each input: the input itself and how far it was read; `brought`: its reports and withdrawals.
CREATE TABLE IF NOT EXISTS found_input (
  input INTEGER, entry INTEGER, brought INTEGER NOT NULL, PRIMARY KEY (input, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS found_input_of ON found_input (entry);
-- What every derivation is told of.
CREATE TABLE IF NOT EXISTS found_everywhere (entry INTEGER PRIMARY KEY) STRICT;
-- The inputs that say again what others said under the same ids, and whether their ids have shifted.
CREATE TABLE IF NOT EXISTS found_again (input INTEGER PRIMARY KEY, shifted INTEGER NOT NULL) STRICT;
-- The articles that hold, and of those that are copies of one telling the first.
CREATE TABLE IF NOT EXISTS found_article (entry INTEGER PRIMARY KEY, first INTEGER) STRICT;
-- Where reports lie, in degrees and metres, and the box of all: see `incidents.Positions`.
CREATE TABLE IF NOT EXISTS found_lying (entry INTEGER PRIMARY KEY, lat REAL, lon REAL, radius_m INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS found_lying_lat ON found_lying (lat);
CREATE INDEX IF NOT EXISTS found_lying_lon ON found_lying (lon);
CREATE INDEX IF NOT EXISTS found_lying_radius ON found_lying (radius_m);
CREATE TABLE IF NOT EXISTS found_box (south INTEGER, north INTEGER, west INTEGER, east INTEGER) STRICT;

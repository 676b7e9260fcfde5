-- What the live matcher keeps: a view of the record, which may be dropped and made again.
-- said and turn are what cuts ties between pairs that weigh the same.
CREATE TABLE IF NOT EXISTS report (
  entry INTEGER PRIMARY KEY, source INTEGER NOT NULL, in_list INTEGER NOT NULL, cardinality INTEGER NOT NULL,
  said INTEGER NOT NULL, turn INTEGER NOT NULL,
  facts BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS said ON report (said, source);
CREATE INDEX IF NOT EXISTS kind ON report (cardinality);
-- Who is found under which key on which day: keys of grid cells, of words of names, of areas and of addresses.
CREATE TABLE IF NOT EXISTS found (key INTEGER, day INTEGER, entry INTEGER, PRIMARY KEY (key, day, entry)) STRICT, WITHOUT ROWID;
-- Pairs that gain, both ways round: whether one is among the best of entry; whether an assignment can use it.
CREATE TABLE IF NOT EXISTS pair (
  entry INTEGER, other INTEGER, weight INTEGER NOT NULL, best INTEGER NOT NULL, usable INTEGER NOT NULL,
  PRIMARY KEY (entry, other)
) STRICT, WITHOUT ROWID;
-- The incident of each report, called by its lowest entry; a wider report that tells of parts has none.
CREATE TABLE IF NOT EXISTS member (entry INTEGER PRIMARY KEY, incident INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS members ON member (incident);
-- The incidents that wider reports tell of.
CREATE TABLE IF NOT EXISTS part (incident INTEGER, wider INTEGER, PRIMARY KEY (incident, wider)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS parts ON part (wider);

-- The links that are kept: a view of the record, which may be dropped and made again.
-- said and turn are what cuts ties between pairs that weigh the same.
CREATE TABLE IF NOT EXISTS link_report (
  entry INTEGER PRIMARY KEY, source INTEGER NOT NULL, in_list INTEGER NOT NULL, cardinality INTEGER NOT NULL,
  said INTEGER NOT NULL, turn INTEGER NOT NULL, facts BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS link_said ON link_report (said, source);
CREATE INDEX IF NOT EXISTS link_kind ON link_report (cardinality);
-- Who is found under which key on which day: keys of grid cells, of words of names, of areas and of addresses.
CREATE TABLE IF NOT EXISTS link_found (key INTEGER, day INTEGER, entry INTEGER, PRIMARY KEY (key, day, entry)) STRICT, WITHOUT ROWID;
-- Pairs that gain, both ways round: whether one is among the best of entry; whether an assignment can use it.
CREATE TABLE IF NOT EXISTS link_pair (
  entry INTEGER, other INTEGER, weight INTEGER NOT NULL, best INTEGER NOT NULL, usable INTEGER NOT NULL,
  PRIMARY KEY (entry, other)
) STRICT, WITHOUT ROWID;
-- What people judged, both ways round: 0 they are together, 1 entry is a part of other, 2 other is a part of entry,
-- 3 they are apart, which ties nothing. A whole whose part is not there stands beside itself.
CREATE TABLE IF NOT EXISTS link_judged (
  entry INTEGER, other INTEGER, kind INTEGER NOT NULL, PRIMARY KEY (entry, other)
) STRICT, WITHOUT ROWID;
-- The names of the further fields of all reports, as JSON; how many others a report is near at most.
CREATE TABLE IF NOT EXISTS link_state (further TEXT NOT NULL, near INTEGER NOT NULL) STRICT;

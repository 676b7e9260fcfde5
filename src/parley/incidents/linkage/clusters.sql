-- Weighed pairs and judgements → which reports go to assignment together, and what comes of it: `clusters` as queries.
-- What people judged, as tables: judged_narrow (id), reports that speak of one incident; judged_tie (left_id, right_id), the
-- same incident; judged_part (id, whole); judged_whole (id), all that are wholes; judged_any (id), all that are the same as others, or apart from them.

-- name: wider
-- Reports that may speak of several incidents.
SELECT id FROM report
WHERE cardinality = $aggregate AND NOT EXISTS (SELECT 1 FROM judged_narrow AS j WHERE j.id = report.id)
UNION
SELECT id FROM judged_whole

-- name: sided
-- Every weighed pair, and which of its two is a wider report.
SELECT
  left_id, right_id, weight, usable,
  CASE WHEN l.id IS NULL THEN 0 ELSE 1 END AS left_wider,
  CASE WHEN r.id IS NULL THEN 0 ELSE 1 END AS right_wider
FROM weighed
LEFT JOIN wider AS l ON l.id = left_id
LEFT JOIN wider AS r ON r.id = right_id

-- name: first_tie
SELECT right_id AS high, left_id AS low FROM sided WHERE usable = 1 AND left_wider = 0 AND right_wider = 0
UNION
SELECT GREATEST(left_id, right_id) AS high, LEAST(left_id, right_id) AS low FROM judged_tie

-- name: least_around
-- Connected components by stars, large and small in turn, until every report is tied to the least of its component and
-- to nothing else (Kiveris et al., "Connected Components in MapReduce and Beyond", 2014).
SELECT id, LEAST(id, MIN(other)) AS least
FROM (SELECT high AS id, low AS other FROM $ties UNION ALL SELECT low AS id, high AS other FROM $ties) AS both_ways
GROUP BY id

-- name: large_star
SELECT DISTINCT high, least AS low FROM $ties JOIN least_around ON id = low

-- name: least_below
SELECT high AS id, MIN(low) AS least FROM large_star GROUP BY high

-- name: small_star
SELECT id AS high, least AS low FROM least_below
UNION
SELECT low AS high, least AS low FROM large_star JOIN least_below ON id = high WHERE low > least

-- name: unfinished
SELECT
  (SELECT COUNT(*) - COUNT(DISTINCT high) FROM $ties)
  + (SELECT COUNT(*) FROM $ties AS t WHERE EXISTS (SELECT 1 FROM $ties AS o WHERE o.high = t.low)) AS left_over

-- name: component
-- The reports that are tied to others; a component is called by the least of them.
SELECT high AS id, low AS component FROM $ties
UNION
SELECT low AS id, low AS component FROM $ties

-- name: plain_component
-- Two reports of which nobody judged: one incident, since they are one component only by a usable pair.
SELECT component
FROM component AS m LEFT JOIN judged_any AS j ON j.id = m.id
GROUP BY component
HAVING COUNT(*) = 2 AND COUNT(j.id) = 0

-- name: to_assign
-- For each component that needs assignment its reports (part 0), ranked by what they say, then its pairs (part 1).
SELECT
  component, 0 AS part, report.id AS a, source AS b, cardinality AS c, origin AS d,
  CAST(ROW_NUMBER() OVER (PARTITION BY component ORDER BY $what_they_say, report.id) AS BIGINT) AS e, said AS f
FROM component AS m
JOIN report ON report.id = m.id
WHERE NOT EXISTS (SELECT 1 FROM plain_component AS p WHERE p.component = m.component)
UNION ALL
SELECT l.component, 1 AS part, left_id AS a, right_id AS b, weight AS c, usable AS d, 0 AS e, 0 AS f
FROM sided
JOIN component AS l ON l.id = left_id
JOIN component AS r ON r.id = right_id AND r.component = l.component
WHERE left_wider = 0 AND right_wider = 0
  AND NOT EXISTS (SELECT 1 FROM plain_component AS p WHERE p.component = l.component)

-- name: head
-- The incident of each report, called by the least of its reports.
SELECT report.id, COALESCE(a.head, p.component, report.id) AS head
FROM report
LEFT JOIN assigned AS a ON a.id = report.id
LEFT JOIN (SELECT m.id, m.component FROM component AS m JOIN plain_component AS q ON q.component = m.component) AS p
  ON p.id = report.id

-- name: crossing
-- Pairs of a report with a wider one.
SELECT
  CASE left_wider WHEN 1 THEN right_id ELSE left_id END AS id,
  CASE left_wider WHEN 1 THEN left_id ELSE right_id END AS whole,
  weight, usable
FROM sided WHERE left_wider <> right_wider

-- name: around
-- The wider reports that may tell of an incident among others.
SELECT h.head, whole FROM crossing JOIN head AS h ON h.id = crossing.id WHERE usable = 1
UNION
SELECT h.head, whole FROM judged_part AS j JOIN head AS h ON h.id = j.id

-- name: to_tell
-- For each incident that wider reports may tell of: those (part 0), its own reports (part 1), the pairs of both (part 2).
SELECT
  around.head, 0 AS part, report.id AS a, source AS b, cardinality AS c, origin AS d,
  CAST(ROW_NUMBER() OVER (PARTITION BY around.head ORDER BY $what_they_say, report.id) AS BIGINT) AS e, said AS f
FROM around JOIN report ON report.id = whole
UNION ALL
SELECT h.head, 1 AS part, report.id AS a, source AS b, cardinality AS c, origin AS d, 0 AS e, said AS f
FROM head AS h JOIN report ON report.id = h.id
WHERE EXISTS (SELECT 1 FROM around WHERE around.head = h.head)
UNION ALL
SELECT h.head, 2 AS part, crossing.id AS a, crossing.whole AS b, weight AS c, usable AS d, 0 AS e, 0 AS f
FROM crossing
JOIN head AS h ON h.id = crossing.id
JOIN around ON around.head = h.head AND around.whole = crossing.whole

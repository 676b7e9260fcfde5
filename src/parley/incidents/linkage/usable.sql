-- Which pairs an assignment can use, and which it weighs beside them: `usable` as queries.

-- name: gaining
SELECT left_id, right_id, weight FROM summed WHERE weight > 0

-- name: turned
-- The turn of each report among those that say the same: the first of each list, then the second of each.
SELECT
  id, source, cardinality, said,
  CAST(ROW_NUMBER() OVER (PARTITION BY said ORDER BY again, in_list, entry) AS BIGINT) AS turn
FROM (
  SELECT
    id, entry, source, in_list, cardinality, said,
    ROW_NUMBER() OVER (PARTITION BY said, source ORDER BY in_list, entry) AS again
  FROM report
) AS counted

-- name: side
-- Pairs that gain, as each of their two reports sees them.
SELECT
  l.id AS id, r.id AS other, r.source AS source, weight,
  l.said * r.said % $said AS tie,
  ABS(l.turn - r.turn) AS turns,
  CASE
    WHEN l.cardinality = $aggregate AND r.cardinality <> $aggregate THEN 1
    WHEN l.cardinality = $incidents AND r.cardinality = $posts THEN 1
    ELSE 0
  END AS free
FROM (
  SELECT left_id AS one, right_id AS another, weight FROM gaining
  UNION ALL
  SELECT right_id AS one, left_id AS another, weight FROM gaining
) AS both_ways
JOIN turned AS l ON l.id = one
JOIN turned AS r ON r.id = another

-- name: of_list
SELECT
  id, other, weight, tie, turns,
  RANK() OVER (PARTITION BY id, source ORDER BY weight DESC, tie, turns) AS place,
  MAX(weight) OVER (PARTITION BY id, source) AS most,
  COUNT(*) OVER (PARTITION BY id, source) AS rivals
FROM side

-- name: of_all
SELECT id, other, RANK() OVER (PARTITION BY id ORDER BY weight DESC, tie, turns) AS place
FROM of_list WHERE place <= $of_list AND (rivals < $of_list OR weight >= most - $within)

-- name: best
SELECT id, other FROM of_all WHERE place <= $of_all
UNION
SELECT id, other FROM side WHERE free = 1

-- name: usable
SELECT left_id, right_id, weight
FROM gaining
JOIN best AS l ON l.id = left_id AND l.other = right_id
JOIN best AS r ON r.id = right_id AND r.other = left_id

-- name: beside
SELECT DISTINCT one.other AS left_id, another.other AS right_id
FROM (SELECT left_id AS id, right_id AS other FROM usable UNION ALL SELECT right_id AS id, left_id AS other FROM usable) AS one
JOIN (SELECT left_id AS id, right_id AS other FROM usable UNION ALL SELECT right_id AS id, left_id AS other FROM usable) AS another
  ON another.id = one.id AND one.other < another.other
JOIN fact AS common ON common.id = one.id AND common.cardinality <> $aggregate
JOIN fact AS l ON l.id = one.other
JOIN fact AS r ON r.id = another.other
LEFT JOIN usable AS known ON known.left_id = one.other AND known.right_id = another.other
WHERE known.left_id IS NULL AND $may_be_one

-- name: weighed
-- Read once the pairs beside are weighed.
SELECT left_id, right_id, weight, 1 AS usable FROM usable
UNION ALL
SELECT left_id, right_id, weight, 0 AS usable FROM summed WHERE weight > $floor

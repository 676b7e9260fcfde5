-- What the pairs of a table ($asked) weigh: `comparison` and `weights` as queries, whole numbers only.

-- name: compared
-- What the levels of each pair are made of.
SELECT
  left_id, right_id,
  l.placed * r.placed AS placed,
  LEAST($square_apart, $far_square) AS square,
  l.radius * l.radius + r.radius * r.radius + $least_doubt AS doubt,
  GREATEST(l.begins, r.begins) - LEAST(l.ends, r.ends) AS missed,
  LEAST(l.ends - l.begins, r.ends - r.begins) AS shorter,
  GREATEST(l.ends - l.begins, r.ends - r.begins) AS longer,
  $words_shared AS words_shared,
  $words_left AS words_left,
  $words_right AS words_right,
  CASE WHEN l.link = 0 OR r.link = 0 THEN 0 WHEN l.link = r.link THEN 2 ELSE 1 END AS link_level
  $further_facts
FROM $asked
JOIN fact AS l ON l.id = left_id
JOIN fact AS r ON r.id = right_id

-- name: leveled
SELECT
  left_id, right_id,
  CASE WHEN placed = 0 THEN 0 ELSE 1 + $beyond_bounds END AS place_level,
  $time_lengths * CASE
    WHEN missed < 0 THEN 0
    WHEN missed <= 120 AND shorter < 1200 THEN 1
    WHEN missed < 1440 THEN 2
    WHEN missed < 2880 THEN 3
    ELSE 4
  END + $time_length AS time_level,
  CASE
    WHEN words_left = 0 OR words_right = 0 THEN 0
    WHEN words_shared = 0 THEN 1
    WHEN words_shared = words_left AND words_left = words_right THEN 4
    WHEN words_shared = LEAST(words_left, words_right) THEN 3
    ELSE 2
  END AS name_level,
  link_level
  $further_levels
FROM compared

-- name: summed
SELECT left_id, right_id, GREATEST(CAST($start + $weights AS BIGINT), $floor) AS weight FROM leveled

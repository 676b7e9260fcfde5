-- Which pairs are compared: `blocking` as queries, whole numbers only.
-- DuckDB and Spark read the same text; for Spark "//", whole division of numbers from 0 up, is written "div".
-- Table band (grid, grid_row, cells, before) is `band_table`; $days and the like are filled in by sql.py. Each query becomes
-- the table of its name.

-- name: fact
-- Each report that is not vague, with its days since 1970 UTC and its row in the fine and in the coarse grid.
SELECT
  dated.*,
  LEAST(GREATEST(first_day, ending_day), first_day + $longest_days - 1) AS last_day,
  CASE WHEN $reach_alone <= $least THEN 1 ELSE 0 END AS fine,
  LEAST((north + 90000000) // $least, $fine_rows - 1) AS fine_row,
  LEAST((north + 90000000) // $most, $coarse_rows - 1) AS coarse_row
FROM (
  SELECT
    report.*,
    (begins + $age_minutes) // 1440 - $age_days AS first_day,
    (ends - 1 + $age_minutes) // 1440 - $age_days AS ending_day,
    CASE WHEN lat = $nowhere THEN 0 ELSE 1 END AS placed,
    CASE WHEN lat = $nowhere THEN 0 ELSE lat END AS north,
    CASE WHEN lat = $nowhere THEN 0 ELSE lon END AS east
  FROM report
  WHERE cardinality <> $vague
) AS dated

-- name: look_near
-- In which cells of which meeting, and in which buckets of days, a report looks for others: its own and the eight around.
-- Meetings: 1 fine among fine; 2 fine among coarse; 3 coarse among all.
SELECT
  id, source, cardinality, first_day, last_day, north, east, width, radius, meeting,
  before + ((east + 180000000) * cells // 360000000 + aside + cells) % cells AS cell,
  (first_day - $days + $age_days) // $near_bucket + later AS bucket
FROM fact
JOIN (VALUES (1, 1, 1), (1, 2, 2), (0, 3, 2)) AS meetings (of_fine, meeting, in_grid) ON of_fine = fine
CROSS JOIN (VALUES (-1), (0), (1)) AS rows_up (up)
JOIN band
  ON grid = in_grid AND grid_row = CASE in_grid WHEN 1 THEN fine_row ELSE coarse_row END + up
JOIN (VALUES (1, -1), (2, -1), (2, 0), (3, -1), (3, 0), (3, 1)) AS cells_aside (of_cells, aside)
  ON of_cells = LEAST(cells, 3)  -- near a pole a row has fewer than three cells
JOIN (VALUES $near_buckets) AS buckets (crossed, later)
  ON crossed = (last_day + $days + $age_days) // $near_bucket - (first_day - $days + $age_days) // $near_bucket
WHERE placed = 1

-- name: held_near
-- In which cell of which meeting, and in which buckets of days, a report is found.
SELECT
  id, source, cardinality, first_day, last_day, north, east, width, radius, meeting,
  before + ((east + 180000000) * cells // 360000000) % cells AS cell,
  (first_day + $age_days) // $near_bucket + later AS bucket
FROM fact
JOIN (VALUES (1, 1, 1), (1, 3, 2), (0, 2, 2), (0, 3, 2)) AS meetings (of_fine, meeting, in_grid) ON of_fine = fine
JOIN band
  ON grid = in_grid AND grid_row = CASE in_grid WHEN 1 THEN fine_row ELSE coarse_row END
JOIN (VALUES $near_buckets) AS buckets (crossed, later)
  ON crossed = (last_day + $age_days) // $near_bucket - (first_day + $age_days) // $near_bucket
WHERE placed = 1

-- name: keyed
-- Each key of a report: 1 a word of its place's name, 2 the address that it cites, 3 its area.
SELECT id, source, cardinality, first_day, last_day, placed, field, shared
FROM ($keys) AS each_key
WHERE shared > 0

-- name: look_key
-- Under which keys, for which days, a report looks for others. Kinds: 1 and 2 as the field; 3 its area, no point among all
-- (or all among all, where the window says so); 4 its area, a point among those with none.
SELECT
  id, source, cardinality, first_day, last_day, shared, kind, slack,
  (first_day - slack + $age_days) // span + later AS bucket
FROM keyed
JOIN (VALUES $look_kinds) AS kinds (of_field, of_placed, kind, slack, span) ON of_field = field AND of_placed = placed
JOIN (VALUES $key_buckets) AS buckets (crossed, later)
  ON crossed = (last_day + slack + $age_days) // span - (first_day - slack + $age_days) // span

-- name: held_key
SELECT
  id, source, cardinality, first_day, last_day, shared, kind,
  (first_day + $age_days) // span + later AS bucket
FROM keyed
JOIN (VALUES $held_kinds) AS kinds (of_field, of_placed, kind, slack, span) ON of_field = field AND of_placed = placed
JOIN (VALUES $key_buckets) AS buckets (crossed, later)
  ON crossed = (last_day + $age_days) // span - (first_day + $age_days) // span

-- name: candidate
-- Pairs that are compared, each once. Whichever of the two has the lower id looks.
SELECT l.id AS left_id, r.id AS right_id
FROM look_near AS l
JOIN held_near AS r ON l.meeting = r.meeting AND l.cell = r.cell AND l.bucket = r.bucket
WHERE l.id < r.id
  AND $may_be_one
  AND GREATEST(l.first_day, r.first_day) - LEAST(l.last_day, r.last_day) <= $days
  AND $square_apart <= $reach * $reach
UNION
SELECT l.id AS left_id, r.id AS right_id
FROM look_key AS l
JOIN held_key AS r ON l.kind = r.kind AND l.shared = r.shared AND l.bucket = r.bucket
WHERE l.id < r.id
  AND $may_be_one
  AND GREATEST(l.first_day, r.first_day) - LEAST(l.last_day, r.last_day) <= l.slack

"""Cells → values: what every channel that has cells or single values reads them by.

`columns` reads a column as a whole (words for nothing, 7.0 for 7, days with a midnight); `numbers`, `clocks`,
`coordinates` and `grid` (MGRS) read one cell. Days and times stand in `dates` and `patterns`, counts in `counts`.
"""

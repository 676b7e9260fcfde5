"""The grid misses nothing within reach."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from valley_reports import MILL, beside

from parley.incidents.geodesy import cell_of, cells_within, distance_m
from parley.model import Disc

WGS84 = Geod(ellps="WGS84")
latitudes = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 89.999, -89.87, 0.0])
longitudes = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 179.9999, 0.0])


@given(latitudes, longitudes, st.floats(0, 360), st.floats(0, 1), st.sampled_from([1.0, 15_000.0, 400_000.0]))
@settings(max_examples=1500, deadline=None)
def test_whatever_lies_within_reach_lies_in_one_of_the_cells(
    lat: float, lon: float, bearing: float, share: float, reach_m: float
) -> None:
    here = Disc(lat=lat, lon=lon, radius_m=0)
    there_lon, there_lat, _ = WGS84.fwd(lon, lat, bearing, share * reach_m)
    there = Disc(lat=there_lat, lon=there_lon, radius_m=0)
    if distance_m(here, there) <= reach_m:
        assert cell_of(there) in set(cells_within(here, reach_m))


@given(latitudes, longitudes)
def test_no_cell_is_named_twice_and_few_are_named(lat: float, lon: float) -> None:
    cells = list(cells_within(Disc(lat=lat, lon=lon, radius_m=0), 15_000))
    assert len(cells) == len(set(cells)) <= 24


def test_half_the_earth_away_everything_is_within_reach() -> None:
    antipode = Disc(lat=-MILL.lat, lon=MILL.lon + 180, radius_m=0)
    assert cell_of(antipode) in set(cells_within(MILL, 20_100_000))


def test_a_distance_is_in_metres_on_the_ellipsoid() -> None:
    assert abs(distance_m(MILL, beside(MILL, 12_345.6)) - 12_345.6) < 1e-6

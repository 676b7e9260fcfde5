"""A seeded generator of synthetic events in the columns of UCDP GED; nothing in it happened."""

import csv
import io
import random
from datetime import date, timedelta

COLUMNS = """
id year active_year type_of_violence conflict_new_id conflict_name dyad_new_id dyad_name side_a_new_id side_a
side_b_new_id gwnob side_b number_of_sources source_article source_office source_date source_headline
source_original where_prec where_coordinates adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country
country_id region event_clarity date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown
low best high
""".split()  # noqa: SIM905  41 lines of literals would say no more
SIDES = (
    ("Government of Syria", "Syrian insurgents"),
    ("Government of Syria", "IS"),
    ("IS", "SDF"),
    ("Government of Syria", "Ahrar al-Sham"),
    ("Government of Syria", "Civilians"),
)
AREAS = ("Aleppo Governorate", "Idlib Governorate", "Hama Governorate", "Homs Governorate", "Daraa Governorate")


def events(count: int, seed: int = 2016) -> bytes:
    """Return *count* events of one year as CSV, each near one of 200 places."""
    dice = random.Random(seed)
    places = [
        (f"place {n}", dice.uniform(33.0, 36.5), dice.uniform(36.5, 39.5), dice.choice(AREAS)) for n in range(200)
    ]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    for number in range(count):
        name, lat, lon, area = dice.choice(places)
        lat, lon = lat + dice.gauss(0, 0.02), lon + dice.gauss(0, 0.02)
        first, second = dice.choice(SIDES)
        day = date(2016, 1, 1) + timedelta(days=dice.randrange(366))
        deaths = min(dice.randrange(1, 12), dice.randrange(1, 60))
        writer.writerow(
            {
                "id": number + 1,
                "year": 2016,
                "type_of_violence": 3 if second == "Civilians" else 1,
                "side_a": first,
                "side_b": second,
                "source_article": f"a report of event {number + 1}",
                "source_office": "generator",
                "source_date": day,
                "where_prec": dice.choice((1, 1, 1, 2, 2, 4)),
                "where_coordinates": name,
                "adm_1": area,
                "latitude": f"{lat:.6f}",
                "longitude": f"{lon:.6f}",
                "country": "Syria",
                "event_clarity": 1,
                "date_prec": 1,
                "date_start": day,
                "date_end": day,
                "deaths_a": 0,
                "deaths_b": deaths,
                "deaths_civilians": 0,
                "deaths_unknown": 0,
                "low": deaths,
                "best": deaths,
                "high": deaths + dice.randrange(3),
            }
        )
    return text.getvalue().encode()

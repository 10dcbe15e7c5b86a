"""The sample report: three digital pages with a ruled, a borderless and a header-spanning table."""

from __future__ import annotations

import pymupdf

from model_backend.document import Box, Span
from model_backend.synthesis.sheet import Sheet, new_sheet

LETTER = (612.0, 792.0)
LEFT, RIGHT = 72.0, 540.0
WIDTH = RIGHT - LEFT
BODY = 10.5

STATIONS = (
    ("Station", "River", "Opened", "Visits", "Mean level (m)"),
    ("Aldbrook", "Wene", "1987", "26", "1.42"),
    ("Carrow Bridge", "Wene", "1991", "24", "2.08"),
    ("Dunmere Lock", "Tarn", "2003", "25", "0.97"),
    ("Eskdale Weir", "Tarn", "1979", "22", "1.15"),
    ("Fordham Mill", "Isle", "2011", "26", "1.63"),
    ("Gallow Ferry", "Isle", "1998", "19", "3.21"),
)
RAINFALL = (
    ("Month", "Mean (mm)", "2025 (mm)", "Change", "Wet days"),
    ("January", "84.1", "97.5", "+16%", "19"),
    ("February", "62.7", "41.0", "-35%", "11"),
    ("March", "66.9", "58.3", "-13%", "13"),
    ("April", "53.0", "71.4", "+35%", "15"),
    ("May", "55.8", "60.2", "+8%", "12"),
    ("June", "61.4", "33.9", "-45%", "8"),
    ("July", "67.2", "88.8", "+32%", "14"),
    ("August", "72.5", "75.1", "+4%", "13"),
)
FLOW_HEADS = ("Mean", "Peak", "Mean", "Peak")
FLOWS = (
    ("Lower reaches",),
    ("Aldbrook", "12.4", "48.1", "13.0", "52.7"),
    ("Carrow Bridge", "18.9", "71.5", "17.2", "66.0"),
    ("Upper reaches",),
    ("Dunmere Lock", "4.1", "19.8", "4.4", "23.5"),
    ("Eskdale Weir", "6.3", "27.4", "5.9", "25.1"),
    ("Gallow Ferry", "9.7", "40.2", "10.8", "44.9"),
)

INTRODUCTION = (
    "The district operates six gauging stations on three rivers. Each station is visited at least "
    "every two weeks, when the recorder is read, the staff gauge is cleaned and a flow measurement "
    "is taken by wading or from a cable. This report sums up the year 2025 and compares it with "
    "the mean of the years 1991 to 2020."
)
STATION_NOTE = (
    "Table 1 lists the stations in the order in which they are visited. Gallow Ferry was closed "
    "for seven weeks in spring while the stilling well was relined; the mean level given for it "
    "leaves this time out. All levels are above the local datum of the station."
)
RAIN_TEXT = (
    "Rain was measured with tipping buckets at three of the stations and is given as their mean. "
    "Spring was dry apart from April, in which two fronts stalled over the catchment and brought a "
    "third of the month's rain within two days."
)
RAIN_NOTE = (
    "A wet day is one with at least 1.0 mm. The gauge at Fordham Mill was blocked by leaves from 4 "
    "to 9 June; the missing days were filled from the neighbouring gauge before the means were "
    "made."
)
FLOW_TEXT = (
    "Mean and peak flow followed the rain. Peaks rose at the upper stations, where the soil was "
    "still full in July, while the lower reaches were held back by the sluices at Carrow Bridge. "
    "The figures in Table 3 are cubic metres a second."
)
FLOW_NOTE = (
    "The ratings of Dunmere Lock and Eskdale Weir were checked in autumn and needed no change. A "
    "new rating for Gallow Ferry is in preparation, since the bed was dredged in October."
)


def report(document: pymupdf.Document) -> tuple[Sheet, ...]:
    """Draw the three pages; their sheets with the tables on them."""
    return (_first(document), _second(document), _third(document))


def _first(document: pymupdf.Document) -> Sheet:
    sheet = _page(document, 1)
    sheet.text((LEFT, 110), "River Gauging in the Wene District", face="tibo", size=20)
    sheet.text((LEFT, 132), "Annual report 2025", face="tiit", size=13)
    sheet.text((LEFT, 172), "1  The stations", face="tibo", size=13)
    y = sheet.paragraph((LEFT, 194), WIDTH, INTRODUCTION, size=BODY)
    sheet.text(
        (LEFT, y + 24), "Table 1. Gauging stations and visits in 2025", face="tibo", size=9.5
    )
    y = _ruled(sheet, y + 34)
    sheet.paragraph((LEFT, y + 28), WIDTH, STATION_NOTE, size=BODY)
    return sheet


def _second(document: pymupdf.Document) -> Sheet:
    sheet = _page(document, 2)
    sheet.text((LEFT, 110), "2  Rain", face="tibo", size=13)
    y = sheet.paragraph((LEFT, 132), WIDTH, RAIN_TEXT, size=BODY)
    sheet.text((LEFT, y + 24), "Table 2. Monthly rain and wet days", face="tibo", size=9.5)
    y = _borderless(sheet, y + 36)
    sheet.paragraph((LEFT, y + 32), WIDTH, RAIN_NOTE, size=BODY)
    return sheet


def _third(document: pymupdf.Document) -> Sheet:
    sheet = _page(document, 3)
    sheet.text((LEFT, 110), "3  Flow", face="tibo", size=13)
    y = sheet.paragraph((LEFT, 132), WIDTH, FLOW_TEXT, size=BODY)
    sheet.text((LEFT, y + 24), "Table 3. Mean and peak flow by station", face="tibo", size=9.5)
    y = _spanning(sheet, y + 36)
    sheet.paragraph((LEFT, y + 28), WIDTH, FLOW_NOTE, size=BODY)
    return sheet


def _page(document: pymupdf.Document, number: int) -> Sheet:
    """A page with the running head, its rule and the page number."""
    sheet = new_sheet(document, LETTER)
    sheet.text((LEFT, 56), "Wene District Water Board", face="tiit", size=9)
    sheet.right((RIGHT, 56), "Annual report 2025", face="tiit", size=9)
    sheet.line((LEFT, 62), (RIGHT, 62), width=0.5)
    sheet.centered((306, 752), f"{number} / 3", face="tiro", size=9)
    return sheet


def _ruled(sheet: Sheet, top: float) -> float:
    """Every cell ruled, a shaded header; the lower edge."""
    columns = (LEFT, 186.0, 262.0, 338.0, 422.0, RIGHT)
    rows = tuple(top + 20.0 * index for index in range(len(STATIONS) + 1))
    sheet.rule(Box(LEFT, rows[0], RIGHT, rows[1]), fill=(0.9, 0.93, 0.96))
    for y in rows:
        sheet.line((LEFT, y), (RIGHT, y), width=0.7)
    for x in columns:
        sheet.line((x, rows[0]), (x, rows[-1]), width=0.7)
    for index, (y, values) in enumerate(zip(rows, STATIONS, strict=False)):
        face = "hebo" if index == 0 else "helv"
        for column, value in enumerate(values):
            if column >= 2:
                sheet.right((columns[column + 1] - 8, y + 13.5), value, face=face, size=9)
            else:
                sheet.text((columns[column] + 6, y + 13.5), value, face=face, size=9)
    sheet.table(Box(LEFT, rows[0], RIGHT, rows[-1]), rows, columns)
    return rows[-1]


def _borderless(sheet: Sheet, top: float) -> float:
    """No line at all: columns stand apart by white space only; the lower edge."""
    columns = (LEFT + 20, 186.0, 268.0, 350.0, 424.0, RIGHT - 20)
    rows = tuple(top + 17.0 * index for index in range(len(RAINFALL) + 1))
    for index, (y, values) in enumerate(zip(rows, RAINFALL, strict=False)):
        face = "tibo" if index == 0 else "tiro"
        sheet.text((columns[0] + 4, y + 12), values[0], face=face, size=10)
        for column, value in enumerate(values[1:], 1):
            sheet.right((columns[column + 1] - 14, y + 12), value, face=face, size=10)
    sheet.table(Box(columns[0], rows[0], columns[-1], rows[-1]), rows, columns)
    return rows[-1]


def _spanning(sheet: Sheet, top: float) -> float:
    """Two header rows whose years span two columns each, and group rows across the table."""
    columns = (LEFT + 10, 214.0, 288.0, 362.0, 436.0, RIGHT - 10)
    rows = tuple(top + 18.0 * index for index in range(len(FLOWS) + 3))
    middle = [(columns[i] + columns[i + 1]) / 2 for i in range(5)]
    sheet.line((columns[0], rows[0]), (columns[-1], rows[0]), width=1.1)
    sheet.text((columns[0] + 6, rows[1] + 4), "Station", face="hebo", size=9)
    for start, year in ((1, "Mean of 1991 to 2020"), (3, "Year 2025")):
        sheet.centered((columns[start + 1], rows[0] + 12.5), year, face="hebo", size=9)
        sheet.line((columns[start] + 8, rows[1]), (columns[start + 2] - 8, rows[1]), width=0.5)
    for column, head in enumerate(FLOW_HEADS, 1):
        sheet.centered((middle[column], rows[1] + 12.5), head, face="hebo", size=9)
    sheet.line((columns[0], rows[2]), (columns[-1], rows[2]), width=0.7)
    for y, values in zip(rows[2:], FLOWS, strict=False):
        face = "heit" if len(values) == 1 else "helv"
        sheet.text((columns[0] + 6, y + 12.5), values[0], face=face, size=9)
        for column, value in enumerate(values[1:], 1):
            sheet.right((middle[column] + 12, y + 12.5), value, size=9)
    sheet.line((columns[0], rows[-1]), (columns[-1], rows[-1]), width=1.1)
    groups = tuple(index + 2 for index, values in enumerate(FLOWS) if len(values) == 1)
    sheet.table(
        Box(columns[0], rows[0], columns[-1], rows[-1]),
        rows,
        columns,
        spans=(Span(0, 2, 0, 1), Span(0, 1, 1, 3), Span(0, 1, 3, 5)),
        header_rows=2,
        projected_rows=groups,
    )
    return rows[-1]

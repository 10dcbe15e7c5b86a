"""Words for pages whose words nobody reads: names, headings, running text, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model_backend.synthesis.families import between, chosen, happens

if TYPE_CHECKING:
    import numpy as np


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


MONTHS = _listed("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")
COMMON = _listed("""
the of and to in a is that for it was on are as with his they at be this from have or by one
had not but what all were when we there can an your which their said if do will each about how
up out them then she many some so these would other into has more her two like him see time
could no make than first been its who now people my made over did down only way find use may
water long little very after words called just where most know report value committee section
number account payment office department result method sample analysis measured water
temperature response increase reduction significant treatment control group study material
process quality service customer order delivery contract agreement party schedule total amount
product market company review request approval information system design application member
document reference distribution standard laboratory test performance average annual summary
""")
LABELS = (
    "Name",
    "Address",
    "Date",
    "City",
    "State",
    "Zip code",
    "Telephone",
    "Fax",
    "E-mail",
    "Company",
    "Account no.",
    "Order no.",
    "Invoice",
    "Amount",
    "Total",
    "Quantity",
    "Description",
    "Signature",
    "Approved by",
    "Department",
    "Position",
    "Date of birth",
    "Remarks",
    "Comments",
    "Product",
    "Brand",
    "Region",
    "Division",
    "Manager",
    "Reference",
    "Subject",
    "From",
    "To",
    "Cc",
    "Pages",
    "Employee no.",
    "Supplier",
    "Price",
    "Tax",
    "Sample no.",
    "Test",
    "Method",
    "Result",
    "Unit",
    "Requested by",
    "Received",
    "Ship to",
    "Bill to",
    "Terms",
    "Budget code",
    "Effective date",
)
TITLES = (
    "Application",
    "Invoice",
    "Purchase order",
    "Memorandum",
    "Fax transmission",
    "Expense report",
    "Laboratory report",
    "Request for approval",
    "Delivery note",
    "Contract",
    "Certificate",
    "Statement of account",
    "Registration form",
    "Minutes of the meeting",
    "Survey",
    "Permit",
    "Product specification",
    "Annual report",
    "Proposal",
    "Questionnaire",
    "Record of training",
)
FIRST = _listed("""
Margaret Thomas Elena Victor Ruth Samuel Ingrid Paul Nora Daniel Alice George Helen Frank
Maria Peter Julia Oscar Laura Henry Anna Robert Clara Martin Sofia Edward Grace Walter Irene
Hugo
""")
LAST = _listed("""
Holloway Bennett Kowalski Lindqvist Okafor Ferreira Marsh Delgado Whitfield Tanaka Novak Weber
Castellan Hughes Abbott Moreau Sandoval Kerr Iversen Pruitt Galloway Stone Yates Vance Quill
""")
PLACES = _listed("""
Leeds Hamburg Wenemouth Richmond Dover Salem Lyon Bergen Albany Porto Graz Utrecht Oxford
Dayton Kiel Turin Malmo Boston Cork Ghent
""")
FIRMS = (
    "Northfield Instruments",
    "Harbour Board",
    "First Dale Savings",
    "Meridian Supply",
    "Oakhurst",
    "Blue River Foods",
    "Castle Freight",
    "Union Mutual",
    "Vantage Labs",
    "Summit Paper",
    "Delta",
    "Kestrel Optics",
    "Brandt & Sons",
    "Orion Chemical",
    "Lakeside Clinic",
    "Polar Marine",
)
STAMPED = (
    "PAID",
    "APPROVED",
    "RECEIVED",
    "COPY",
    "DRAFT",
    "CONFIDENTIAL",
    "URGENT",
    "ORIGINAL",
    "VOID",
    "CANCELLED",
    "FILED",
    "CHECKED",
    "ACCEPTED",
    "REJECTED",
    "POSTED",
    "FAXED",
    "ENTERED",
    "FINAL",
)


def name(random: np.random.Generator) -> str:
    """Somebody's name."""
    return f"{chosen(random, FIRST)} {chosen(random, LAST)}"


def date(random: np.random.Generator) -> str:
    """A day, written one way or another."""
    day, month, year = (int(random.integers(1, high)) for high in (29, 13, 60))
    year += 1965
    style = int(random.integers(4))
    months = MONTHS
    if style == 0:
        return f"{month:02d}/{day:02d}/{year % 100:02d}"
    if style == 1:
        return f"{day} {months[month - 1]} {year}"
    return f"{month}/{day}/{year}" if style == 2 else f"{months[month - 1]} {day}, {year}"


def number(random: np.random.Generator, digits: int = 0) -> str:
    """An amount or a number."""
    size = digits or int(random.integers(1, 6))
    value = int(random.integers(10 ** (size - 1), 10**size))
    style = int(random.integers(5))
    if style == 0:
        return f"{value:,}"
    if style == 1:
        return f"{value / 100:,.2f}"
    if style == 2:
        return f"${value:,}.{int(random.integers(100)):02d}"
    return f"{value / 10:.1f}%" if style == 3 and size < 4 else str(value)


def words(random: np.random.Generator, count: int) -> str:
    """Running words."""
    return " ".join(COMMON[int(index)] for index in random.integers(len(COMMON), size=count))


def sentence(random: np.random.Generator) -> str:
    """A sentence."""
    text = words(random, int(random.integers(4, 18)))
    if happens(random, 0.2):
        text += f" {number(random)}"
    return text[0].upper() + text[1:] + "."


def value(random: np.random.Generator) -> str:
    """What somebody fills a field with."""
    style = between(random, 0, 1)
    if style < 0.25:
        return name(random)
    if style < 0.45:
        return date(random)
    if style < 0.7:
        return number(random)
    if style < 0.8:
        return f"{number(random, 3)} {chosen(random, LAST)} St, {chosen(random, PLACES)}"
    return words(random, int(random.integers(1, 5)))

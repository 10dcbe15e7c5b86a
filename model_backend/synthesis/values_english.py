"""What people write into English forms, by the kind of value that a label asks for."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from model_backend.synthesis.names import pool
from model_backend.synthesis.parts_english import (
    ADJECTIVES,
    COUNTRIES,
    DEPARTMENTS,
    ENDINGS,
    GOODS,
    MONTHS,
    OBJECTS,
    STATES,
    STATUSES,
    SUBJECTS,
    TERMS,
    UNITS,
    VERBS,
)


def value(kind: str, random: Random) -> str:
    """A value of that kind."""
    return VALUES[kind](random)


def _person(random: Random) -> str:
    first, last = random.choice(pool("en", "first")), random.choice(pool("en", "last"))
    middle = f"{random.choice('ABCDEFGHJKLMNPRSTW')}."
    return random.choice(
        (
            f"{first} {last}",
            f"{first} {last}",
            f"{first[0]}. {last}",
            f"{first[0]}. {middle} {last}",
            f"{first} {middle} {last}",
            f"{last}, {first}",
            f"{random.choice(('Mr.', 'Ms.', 'Mrs.', 'Dr.'))} {first} {last}",
            f"{first} {last}{random.choice((', M.D.', ', Jr.', ', Ph.D.', ' III'))}",
            f"{first[0]}{last[0]}" if random.random() < 0.3 else f"{first} {last}",
        )
    )


def _persons(random: Random) -> str:
    return ", ".join(_person(random) for _ in range(random.randint(1, 4)))


def _initials(random: Random) -> str:
    return "".join(random.choice("ABCDEFGHJKLMNPRSTW") for _ in range(random.randint(1, 3)))


def _company(random: Random) -> str:
    ending = random.choice(("Inc.", "Co.", "Corp.", "Company", "& Sons", "Laboratories", "Supply"))
    name = random.choice(pool("en", "company"))
    short = f"{random.choice(pool('en', 'last'))} {ending}"
    goods = f"{random.choice(pool('en', 'city'))} {random.choice(GOODS).title()} {ending}"
    return random.choice((name, short, goods))


def _city(random: Random) -> str:
    name = random.choice(pool("en", "city"))
    return f"{name}, {random.choice(STATES)}" if random.random() < 0.5 else name


def _zip(random: Random) -> str:
    code = f"{random.randrange(100000):05d}"
    return f"{code}-{random.randrange(10000):04d}" if random.random() < 0.15 else code


def _street(random: Random) -> str:
    return random.choice(
        (
            random.choice(pool("en", "street")),
            f"P.O. Box {random.randint(10, 9999)}",
            f"{random.randint(1, 2900)} {random.choice(pool('en', 'last'))} "
            f"{random.choice(('St.', 'Ave.', 'Road', 'Street', 'Blvd.', 'Drive'))}",
        )
    )


def _address(random: Random) -> str:
    town = random.choice(pool("en", "city"))
    return f"{_street(random)}, {town}, {random.choice(STATES)} {_zip(random)}"


def _phone(random: Random) -> str:
    area, three, four = (
        random.randint(201, 989),
        random.randint(200, 999),
        f"{random.randrange(10000):04d}",
    )
    return random.choice(
        (
            f"({area}) {three}-{four}",
            f"{area}-{three}-{four}",
            f"{area}/{three}-{four}",
            f"{three}-{four}",
            f"1-{area}-{three}-{four}",
            f"({area}) {three}-{four} Ext. {random.randint(10, 999)}",
            f"x{four}",
        )
    )


def _email(random: Random) -> str:
    first, last = random.choice(pool("en", "first")), random.choice(pool("en", "last"))
    return f"{first[0].lower()}.{last.lower()}@{random.choice(GOODS)}.example"


def _date(random: Random) -> str:
    day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(1955, 2024)
    name, short = MONTHS[month - 1], year % 100
    return random.choice(
        (
            f"{month}/{day}/{short:02d}",
            f"{month}/{day}/{short:02d}",
            f"{month:02d}/{day:02d}/{year}",
            f"{month}-{day}-{short:02d}",
            f"{name} {day}, {year}",
            f"{name} {day}, {year}",
            f"{name} {day}, {year}",
            f"{name[:3]}. {day}, {year}",
            f"{day}-{name[:3]}-{short:02d}",
            f"{day} {name} {year}",
            f"{name[:3].upper()} {day} {year}",
            f"{name} {year}",
            f"{month}/{day}",
        )
    )


def _time(random: Random) -> str:
    hour, minute = random.randint(1, 12), random.choice((0, 5, 10, 15, 20, 30, 40, 45, 50))
    half = random.choice(("am", "pm", "AM", "PM", "a.m.", "p.m.", ""))
    return f"{hour}:{minute:02d} {half}".strip()


def _period(random: Random) -> str:
    year = random.randint(1960, 2022)
    first = random.randrange(12)
    return random.choice(
        (
            str(year),
            f"{year}-{year + 1}",
            f"{MONTHS[first]} - {MONTHS[(first + random.randint(1, 5)) % 12]} {year}",
            f"{random.choice(('1st', '2nd', '3rd', '4th'))} Quarter {year}",
            f"FY {year}",
            f"{random.randint(2, 30)} {random.choice(('days', 'weeks', 'months'))}",
            f"{_date(random)} to {_date(random)}",
            f"{_day(random)} - {_day(random)}",
        )
    )


def _day(random: Random) -> str:
    return f"{random.randint(1, 12)}/{random.randint(1, 28)}"


def _amount(random: Random) -> str:
    number = random.choice((9, 99, 999, 9999, 99999, 999999)) * random.random() + 1
    text = f"{number:,.2f}" if random.random() < 0.6 else f"{number:,.0f}"
    return random.choice(("{}", "${}", "${}", "$ {}", "{}", "({})", "-0-")).format(text)


def _count(random: Random) -> str:
    number = random.choice((9, 30, 200, 3000, 60000)) * random.random() + 1
    return random.choice((f"{number:,.0f}", f"{number:.0f}", f"{number:.0f}", f"{number:,.0f}"))


def _number(random: Random) -> str:
    number = random.choice((1, 10, 100, 1000)) * random.random()
    text = f"{number:.{random.choice((0, 1, 1, 2, 2, 3))}f}"
    return random.choice((text, text, text, f"< {text}", f"±{text}", f"{text}*", "N.D.", "--"))


def _percent(random: Random) -> str:
    number = random.random() * 100
    text = f"{number:.{random.choice((0, 1, 2))}f}"
    return random.choice((f"{text}%", f"{text}%", f"{text} %", text, f"+{text}%"))


def _quantity(random: Random) -> str:
    number = random.choice((1, 10, 100, 1000)) * random.random()
    return f"{number:.{random.choice((0, 1, 2))}f} {random.choice(UNITS)}"


def _code(random: Random) -> str:
    letters = "".join(random.choice("ABCDEFGHKLMNPRSTWX") for _ in range(random.randint(1, 3)))
    digits = str(random.randrange(10 ** random.randint(2, 8)))
    return random.choice(
        (
            digits,
            digits,
            f"{letters}-{digits}",
            f"{letters}{digits}",
            f"{digits[:3]}-{random.randrange(10000):04d}",
            f"{random.randint(60, 99)}-{random.randrange(1000)}{random.choice('ABCD')}",
            f"#{digits}",
            f"{random.randint(100, 999)}-{random.randint(10, 99)}-{random.randrange(10000):04d}",
        )
    )


def _product(random: Random) -> str:
    name = f"{random.choice(ADJECTIVES)} {random.choice(GOODS)}"
    maker = random.choice(pool("en", "last"))
    return random.choice(
        (
            name.title(),
            name.capitalize(),
            f"{name.capitalize()}, {_quantity(random)}",
            random.choice(GOODS).title(),
            f"{maker} {random.choice(GOODS).title()}",
            f"{maker} {random.choice(ADJECTIVES).title()} {random.randint(20, 900)}",
        )
    )


def _phrase(random: Random) -> str:
    """A few words, often more than three."""
    goods, thing = random.choice(GOODS), random.choice(OBJECTS)
    subject, verb = random.choice(SUBJECTS), random.choice(VERBS)
    terms = random.choice(TERMS).lower()
    text = random.choice(
        (
            _product(random),
            f"{random.choice(pool('en', 'city'))} {goods} {random.choice(GOODS)}".title(),
            f"{random.choice(DEPARTMENTS)} {goods}",
            thing.removeprefix("the "),
            f"{random.choice(ADJECTIVES)} and {random.choice(ADJECTIVES)} {goods}",
            f"to {random.choice(DOINGS)} {thing}",
            f"to {random.choice(DOINGS)} {thing} {random.choice(ENDINGS)}",
            f"{thing} {random.choice(ENDINGS)}",
            f"{subject} {verb} {thing}",
            f"{goods} and {random.choice(GOODS)} for {subject}",
            f"{_count(random)} {goods}, {random.choice(ADJECTIVES)}, {terms}",
        )
    )
    return f"{text[0].upper()}{text[1:]}"


def _sentence(random: Random) -> str:
    subject, verb = random.choice(SUBJECTS), random.choice(VERBS)
    said = f"{subject} {verb} {random.choice(OBJECTS)}"
    if random.random() < 0.6:
        said += f" {random.choice(ENDINGS)}"
    if random.random() < 0.15:
        said += f", and {random.choice(SUBJECTS)} {random.choice(VERBS)} {random.choice(OBJECTS)}"
    return f"{said[0].upper()}{said[1:]}."


DOINGS = ("review", "test", "replace", "order", "promote", "compare", "improve", "determine")
VALUES: dict[str, Callable[[Random], str]] = {
    "person": _person,
    "persons": _persons,
    "first": lambda random: random.choice(pool("en", "first")),
    "last": lambda random: random.choice(pool("en", "last")),
    "initials": _initials,
    "company": _company,
    "department": lambda random: random.choice(DEPARTMENTS),
    "street": _street,
    "address": _address,
    "city": _city,
    "state": lambda random: random.choice(STATES),
    "zip": _zip,
    "country": lambda random: random.choice(COUNTRIES),
    "phone": _phone,
    "email": _email,
    "date": _date,
    "time": _time,
    "period": _period,
    "age": lambda random: str(random.randint(1, 80)),
    "sex": lambda random: random.choice(("M", "F", "Male", "Female")),
    "status": lambda random: random.choice(STATUSES),
    "job": lambda random: random.choice(pool("en", "job")).split(",")[0],
    "terms": lambda random: random.choice(TERMS),
    "amount": _amount,
    "count": _count,
    "number": _number,
    "percent": _percent,
    "quantity": _quantity,
    "code": _code,
    "product": _product,
    "phrase": _phrase,
    "sentence": _sentence,
}

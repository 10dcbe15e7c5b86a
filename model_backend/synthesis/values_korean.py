"""What people write into Korean forms, by the kind of value that a label asks for."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from model_backend.synthesis import values_english
from model_backend.synthesis.names import pool
from model_backend.synthesis.words_korean import (
    ADJECTIVES,
    DEPARTMENTS,
    GOODS,
    OBJECTS,
    STATUSES,
    SUBJECTS,
    TERMS,
    THINGS,
    UNITS,
    VERBS,
)


def value(kind: str, random: Random) -> str:
    """A value of that kind; what is written alike everywhere is as in English."""
    return VALUES[kind](random) if kind in VALUES else values_english.value(kind, random)


def _person(random: Random) -> str:
    name = random.choice(pool("ko", "last")) + random.choice(pool("ko", "first"))
    spread = " ".join(name)
    title = f"{name} {random.choice(('과장', '대리', '부장', '교수', '팀장', '귀하', '님'))}"
    return random.choice((name, name, name, spread, title))


def _persons(random: Random) -> str:
    return ", ".join(_person(random) for _ in range(random.randint(2, 4)))


def _street(random: Random) -> str:
    street = random.choice(pool("ko", "street"))
    return f"{street}, {random.randint(1, 20)}층" if random.random() < 0.2 else street


def _address(random: Random) -> str:
    return f"{random.choice(pool('ko', 'city'))} {_street(random)}"


def _phone(random: Random) -> str:
    middle, last = random.randint(200, 9999), f"{random.randrange(10000):04d}"
    head = random.choice(("02", "010", "010", "031", "051", "042", "1588"))
    return f"{head}-{middle}-{last}" if random.random() < 0.8 else f"{head}) {middle}-{last}"


def _date(random: Random) -> str:
    year, month, day = random.randint(1960, 2024), random.randint(1, 12), random.randint(1, 28)
    return random.choice(
        (
            f"{year}년 {month}월 {day}일",
            f"{year}. {month}. {day}.",
            f"{year}-{month:02d}-{day:02d}",
            f"{year % 100:02d}.{month:02d}.{day:02d}",
            f"{year}.{month:02d}.{day:02d}",
            f"{year}년 {month}월",
        )
    )


def _time(random: Random) -> str:
    half = random.choice(("오전", "오후"))
    return f"{half} {random.randint(1, 12)}시 {random.choice((0, 10, 20, 30, 50))}분"


def _period(random: Random) -> str:
    return random.choice(
        (
            f"{_date(random)} ~ {_date(random)}",
            f"{random.randint(1990, 2024)}년도",
            f"{random.randint(2, 24)}개월",
            f"{random.randint(1, 10)}박 {random.randint(2, 11)}일",
            f"제{random.randint(1, 4)}분기",
        )
    )


def _amount(random: Random) -> str:
    number = random.choice((100, 1000, 10000)) * random.randint(1, 2000)
    return random.choice((f"{number:,}원", f"{number:,}", f"₩{number:,}", f"금 {number:,}원"))


def _count(random: Random) -> str:
    unit = random.choice(("", "", "개", "명", "회", "부", "매", "대"))
    return f"{random.choice((9, 90, 900)) * random.random() + 1:.0f}{unit}"


def _quantity(random: Random) -> str:
    return f"{random.choice((1, 10, 100)) * random.random():.1f}{random.choice(UNITS)}"


def _code(random: Random) -> str:
    return random.choice(
        (
            f"제 {random.randint(1990, 2024)}-{random.randrange(1000):04d}호",
            f"{random.randint(100, 999)}-{random.randint(10, 99)}-{random.randrange(100000):05d}",
            values_english.value("code", random),
            f"{random.choice(DEPARTMENTS)[:2]}-{random.randrange(10000)}",
        )
    )


def _product(random: Random) -> str:
    goods = random.choice(GOODS)
    return random.choice(
        (goods, f"{random.choice(ADJECTIVES)} {goods}", f"{goods} {_code(random)}")
    )


def _phrase(random: Random) -> str:
    place = random.choice(pool("ko", "city"))
    return random.choice(
        (
            f"{random.choice(GOODS)} 구입",
            f"{random.choice(THINGS)} 개선 사업",
            f"{place} 출장",
            f"{random.choice(DEPARTMENTS)} 업무 협의",
            f"{random.choice(ADJECTIVES)} {random.choice(GOODS)}",
            f"{place} {random.choice(THINGS)} 이용",
        )
    )


def _sentence(random: Random) -> str:
    return f"{random.choice(SUBJECTS)} {random.choice(OBJECTS)} {random.choice(VERBS)}"


VALUES: dict[str, Callable[[Random], str]] = {
    "person": _person,
    "persons": _persons,
    "first": lambda random: random.choice(pool("ko", "first")),
    "last": lambda random: random.choice(pool("ko", "last")),
    "initials": _person,
    "company": lambda random: random.choice(pool("ko", "company")),
    "department": lambda random: random.choice(DEPARTMENTS),
    "street": _street,
    "address": _address,
    "city": lambda random: random.choice(pool("ko", "city")),
    "phone": _phone,
    "date": _date,
    "time": _time,
    "period": _period,
    "age": lambda random: f"{random.randint(1, 80)}세",
    "sex": lambda random: random.choice(("남", "여")),
    "status": lambda random: random.choice(STATUSES),
    "job": lambda random: random.choice(
        ("사원", "대리", "과장", "부장", "교사", "연구원", "회사원", "주부")
    ),
    "terms": lambda random: random.choice(TERMS),
    "amount": _amount,
    "count": _count,
    "quantity": _quantity,
    "code": _code,
    "product": _product,
    "phrase": _phrase,
    "sentence": _sentence,
}

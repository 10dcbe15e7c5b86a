"""Names, companies, streets and towns of nobody: drawn from Faker once a process, then reused."""

from __future__ import annotations

from functools import cache

LOCALES = {"en": "en_US", "ko": "ko_KR"}
SIZE = 500
"""How many of each kind there are to choose from."""
WHAT = {
    "first": "first_name",
    "last": "last_name",
    "company": "company",
    "street": "street_address",
    "city": "city",
    "job": "job",
}


@cache
def pool(language: str, what: str) -> tuple[str, ...]:
    """Some hundred names of a kind (a key of `WHAT`), always the same ones."""
    import faker

    source = faker.Faker(LOCALES[language])
    source.seed_instance(f"{language} {what}")
    made = getattr(source, WHAT[what])
    return tuple(made() for _ in range(SIZE))

"""The two sample forms: an expense claim in English, an application for membership in Korean."""

from __future__ import annotations

from dataclasses import dataclass

import pymupdf

from model_backend.document import Box, Point, Span
from model_backend.synthesis.sheet import Sheet, new_sheet

LEFT, RIGHT = 50.0, 545.0
TYPED = "cour"
HANGUL = "korea"
SHADE = (0.88, 0.88, 0.88)

EXPENSES = (
    ("03/09/2026", "Train Leeds - Hamburg, return", "R-101", "214.60"),
    ("03/09/2026", "Hotel Elbblick, 3 nights", "R-102", "387.00"),
    ("03/10/2026", "Exhibitor pass, hall 4", "R-103", "95.00"),
    ("03/10/2026", "Dinner with customer (4)", "R-104", "126.35"),
    ("03/11/2026", "Local transport, 3 days", "R-105", "29.70"),
    ("03/12/2026", "Freight of demo unit", "R-106", "148.20"),
)
TOTAL = "1,000.85"


def expense_claim(document: pymupdf.Document) -> Sheet:
    """A filled expense claim: fields, check boxes, a ruled table with a total, a signature line."""
    sheet = new_sheet(document)
    _letterhead(sheet)
    _section(sheet, 138, "1. Claimant")
    _field(sheet, (LEFT + 6, 164), "Name:", 100, "Margaret A. Holloway", 300)
    _field(sheet, (320, 164), "Employee no.:", 395, "40718", 540)
    _field(sheet, (LEFT + 6, 186), "Department:", 122, "Field Service North", 300)
    _field(sheet, (320, 186), "Date of claim:", 395, "03/16/2026", 540)
    _field(sheet, (LEFT + 6, 208), "E-mail:", 100, "m.holloway@northfield.example", 300)
    _field(sheet, (320, 208), "Telephone:", 395, "(555) 0142-77", 540)
    _section(sheet, 232, "2. Journey")
    _field(sheet, (LEFT + 6, 258), "Destination:", 122, "Hamburg, Germany", 300)
    _field(sheet, (320, 258), "Cost centre:", 395, "NF-2210", 540)
    _field(sheet, (LEFT + 6, 280), "From:", 100, "03/09/2026", 190)
    _field(sheet, (205, 280), "To:", 230, "03/12/2026", 300)
    _checks(
        sheet, 302, "Purpose:", ("Customer visit", "Trade fair", "Training", "Other"), "Trade fair"
    )
    _section(sheet, 326, "3. Expenses")
    _expenses(sheet)
    _section(sheet, 542, "4. Payment")
    _field(sheet, (LEFT + 6, 568), "Bank:", 100, "First Dale Savings", 300)
    _field(sheet, (320, 568), "Account no.:", 395, "00 4471 9082", 540)
    _field(sheet, (LEFT + 6, 590), "Advance received:", 152, "$ 250.00", 300)
    _field(sheet, (320, 590), "Amount due:", 395, "$ 750.85", 540)
    _checks(sheet, 612, "Receipts attached:", ("Yes", "No"), "Yes", step=60)
    note = sheet.text(
        (LEFT + 6, 646), "I declare that these costs were incurred on company business.", size=9
    )
    sheet.entity("other", note)
    _field(sheet, (LEFT + 6, 690), "Signature:", 112, "M. Holloway", 300, face="tiit", size=15)
    _field(sheet, (320, 690), "Approved by:", 395, "D. Okafor", 540)
    sheet.entity("other", sheet.text((LEFT, 800), "Form NF-114 (rev. 7)", size=7.5))
    sheet.entity("other", sheet.text((470, 800), "Keep a copy", size=7.5))
    return sheet


def membership_application(document: pymupdf.Document) -> Sheet:
    """A Korean application for membership: boxed labels and values, choices, date and signature."""
    sheet = new_sheet(document)
    title = sheet.text((208, 92), "회원 가입 신청서", face=HANGUL, size=24, is_bold=True)
    sheet.entity("header", title)
    small = sheet.text((LEFT, 126), "※ 굵은 선 안쪽만 적어 주십시오.", face=HANGUL, size=9)
    sheet.entity("other", small)
    for row in KOREAN_ROWS:
        _korean_row(sheet, row)
    sheet.rule(Box(LEFT, 136, RIGHT, 456), width=1.6)
    promise = "위와 같이 한빛도서관 회원 가입을 신청합니다."
    sheet.entity("other", sheet.text((155, 520), promise, face=HANGUL, size=13))
    date = sheet.text((240, 566), "2026년 3월 14일", face=HANGUL, size=13)
    sheet.entity("other", date)
    question = sheet.entity("question", sheet.text((300, 616), "신청인:", face=HANGUL, size=13))
    answer = sheet.entity("answer", sheet.text((358, 616), "김하늘", face=HANGUL, size=14))
    sheet.link(question, answer)
    sheet.entity("other", sheet.text((430, 616), "(서명 또는 인)", face=HANGUL, size=11))
    receiver = sheet.text((LEFT, 690), "한빛도서관장 귀하", face=HANGUL, size=16, is_bold=True)
    sheet.entity("header", receiver)
    return sheet


@dataclass(frozen=True)
class KoreanRow:
    """One row of the Korean form: its top and bottom, and pairs of label and value."""

    top: float
    bottom: float
    pairs: tuple[tuple[str, str], ...]


KOREAN_ROWS = (
    KoreanRow(136, 172, (("접수 번호", "제 2026-0314 호"), ("접수 일자", "2026. 3. 14."))),
    KoreanRow(172, 212, (("성명", "김하늘"), ("생년월일", "1991년 8월 23일"))),
    KoreanRow(212, 252, (("주소", "서울특별시 종로구 새문안로 58, 302호"),)),
    KoreanRow(252, 292, (("전화번호", "02-555-0147"), ("휴대전화", "010-5550-0192"))),
    KoreanRow(292, 332, (("직업", "초등학교 교사"), ("가입 구분", "일반 회원"))),
    KoreanRow(332, 372, (("관심 분야", "문학, 역사, 어린이 책"),)),
    KoreanRow(
        372, 456, (("신청 사유", "아이들과 함께 읽을 책을 빌리고 독서 모임에 참여하고자 합니다."),)
    ),
)


def _letterhead(sheet: Sheet) -> None:
    sheet.rule(Box(LEFT, 46, LEFT + 34, 80), width=1.4)
    sheet.line((LEFT + 6, 72), (LEFT + 17, 54), width=2.2)
    sheet.line((LEFT + 17, 54), (LEFT + 28, 72), width=2.2)
    name = sheet.text((LEFT + 44, 60), "NORTHFIELD INSTRUMENTS LTD.", face="hebo", size=12)
    sheet.entity("header", name)
    address = sheet.text((LEFT + 44, 75), "14 Canal Road, Leeds LS2 7EW", size=8.5)
    sheet.entity("other", address)
    title = sheet.text((LEFT, 112), "TRAVEL EXPENSE CLAIM", face="hebo", size=17)
    sheet.entity("header", title)
    _field(sheet, (390, 112), "Claim no.:", 445, "EC-26-0387", 545)


def _section(sheet: Sheet, top: float, title: str) -> None:
    sheet.rule(Box(LEFT, top - 12, RIGHT, top + 5), fill=SHADE)
    sheet.entity("header", sheet.text((LEFT + 5, top), title, face="hebo", size=10))


def _field(
    sheet: Sheet,
    at: Point,
    label: str,
    value_x: float,
    value: str,
    end: float,
    *,
    face: str = TYPED,
    size: float = 10.0,
) -> None:
    """A label, its value in typewriter letters, and the line that the value stands on."""
    question = sheet.entity("question", sheet.text(at, label, size=9))
    answer = sheet.entity("answer", sheet.text((value_x, at[1] - 1), value, face=face, size=size))
    sheet.line((value_x - 3, at[1] + 3), (end, at[1] + 3), width=0.4)
    sheet.link(question, answer)


def _checks(
    sheet: Sheet, y: float, label: str, choices: tuple[str, ...], ticked: str, step: float = 100.0
) -> None:
    """A label and a row of boxes, one of them crossed: the crossed one's words are the answer."""
    question = sheet.entity("question", sheet.text((LEFT + 6, y), label, size=9))
    for index, choice in enumerate(choices):
        x = LEFT + 105 + index * step
        box = Box(x, y - 8, x + 9, y + 1)
        sheet.rule(box, width=0.8)
        if choice == ticked:
            sheet.line((box.x0 - 1, box.y0 - 1), (box.x1 + 1, box.y1 + 1), width=1.3)
            sheet.line((box.x0 - 1, box.y1 + 1), (box.x1 + 1, box.y0 - 1), width=1.3)
        made = sheet.entity(
            "answer" if choice == ticked else "other", sheet.text((x + 14, y), choice, size=9)
        )
        if choice == ticked:
            sheet.link(question, made)


def _expenses(sheet: Sheet) -> None:
    """The ruled table: a header, the expenses, a total whose label spans three columns."""
    columns = (LEFT, 125.0, 375.0, 455.0, RIGHT)
    rows = tuple(340.0 + 22.0 * index for index in range(len(EXPENSES) + 3))
    heads = zip(columns, ("Date", "Description", "Receipt", "Amount ($)"), strict=False)
    box = Box(columns[0], rows[0], columns[-1], rows[-1])
    sheet.rule(Box(box.x0, rows[0], box.x1, rows[1]), fill=SHADE)
    for x, head in heads:
        sheet.text((x + 6, rows[1] - 7), head, face="hebo", size=9)
    for y, values in zip(rows[1:], EXPENSES, strict=False):
        for x, value in zip(columns, values[:3], strict=False):
            sheet.text((x + 6, y + 15), value, face=TYPED, size=9.5)
        sheet.right((columns[4] - 8, y + 15), values[3], face=TYPED, size=9.5)
    sheet.text((columns[0] + 6, rows[-1] - 7), "Total of all expenses", face="hebo", size=9)
    sheet.right((columns[4] - 8, rows[-1] - 7), TOTAL, face=TYPED, size=10)
    for y in rows:
        sheet.line((box.x0, y), (box.x1, y))
    for x in columns:
        end = rows[-1] if x in (columns[0], columns[3], columns[4]) else rows[-2]
        sheet.line((x, box.y0), (x, end))
    last = len(rows) - 2
    sheet.table(box, rows, columns, spans=(Span(last, last + 1, 0, 3),))


def _korean_row(sheet: Sheet, row: KoreanRow) -> None:
    """Shaded labels and the values beside them; a lone value fills the rest of the row."""
    middle = (row.top + row.bottom) / 2 + 4.5
    starts = (LEFT, 300.0)
    for index, (label, value) in enumerate(row.pairs):
        x = starts[index]
        end = RIGHT if index == len(row.pairs) - 1 else starts[1]
        sheet.rule(Box(x, row.top, x + 76, row.bottom), fill=SHADE)
        sheet.rule(Box(x + 76, row.top, end, row.bottom))
        width = len(label) * 11.0
        words = sheet.text((x + 38 - width / 2, middle), label, face=HANGUL, size=11)
        question = sheet.entity("question", words)
        answer = sheet.entity("answer", sheet.text((x + 86, middle), value, face=HANGUL, size=12))
        sheet.link(question, answer)

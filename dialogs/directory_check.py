"""Is this CSV fit to be the office directory? Every problem in plain words, with its row."""

import csv
import re

from dialogs.places import tables

HEADER = (
    "province",
    "city",
    "district",
    "official_name",
    "adcode",
    "office",
    "address",
    "bank",
    "phones",
    "source",
    "seed_row",
)
_REQUIRED = ("province", "office", "phones", "source", "seed_row")

_WITH_AREA_CODE = re.compile(r"0(?:10|2\d|[3-9]\d{2})-[1-9]\d{6,7}")
_LOCAL = re.compile(r"[1-9]\d{6,7}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SERVICE = re.compile(r"(?:400-?\d{3}-?\d{4}|12333)")
_DAY = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def check_directory(csv_text: str) -> list[str]:
    """The problems of a directory in the form of offices.csv, the first line being row 1; [] when it can be used."""
    lines = csv_text.lstrip("\ufeff").splitlines()
    rows = csv.DictReader(lines)
    missing = [column for column in HEADER if column not in (rows.fieldnames or ())]
    if missing:
        return [f"row 1: the columns {', '.join(missing)} are missing"]
    problems: list[str] = []
    names: dict[str, int] = {}
    codes: dict[str, int] = {}
    phones: dict[str, int] = {}
    number = 1
    for row in rows:
        number = rows.line_num
        if None in row or any(value is None for value in row.values()):
            problems.append(f"row {number}: has {'more' if None in row else 'fewer'} fields than the header")
            continue
        problems += [f"row {number}: {column} is empty" for column in _REQUIRED if not row[column].strip()]
        problems += _place_problems(number, row)
        problems += _phone_problems(number, row, phones)
        problems += _seen(number, "the office", row["office"].strip(), names)
        problems += _seen(number, "the adcode", row["adcode"].strip(), codes)
        if row["seed_row"].strip() and not row["seed_row"].strip().isdecimal():
            problems.append(f"row {number}: seed_row {row['seed_row']!r} is not a number")
        checked = (row.get("checked") or "").strip()
        if checked and not _DAY.fullmatch(checked):
            problems.append(f"row {number}: checked {checked!r} is not a day like 2026-11-22")
    if number == 1:
        problems.append("row 2: there is no office")
    return problems


def _seen(number: int, what: str, value: str, known: dict[str, int]) -> list[str]:
    if value and value in known:
        return [f"row {number}: {what} {value} is already in row {known[value]}"]
    known[value] = number
    return []


def _place_problems(number: int, row: dict[str, str]) -> list[str]:
    province, city = row["province"].strip(), row["city"].strip()
    district, official, adcode = row["district"].strip(), row["official_name"].strip(), row["adcode"].strip()
    known = dict(tables().divisions)
    problems = []
    if province and province not in known.values():
        problems.append(f"row {number}: there is no province {province}")
    if district and not city:
        problems.append(f"row {number}: {district} has no city")
    if city and not district and city not in known.values():
        problems.append(f"row {number}: there is no city {city}")
    if adcode:
        if not re.fullmatch(r"\d{6}", adcode):
            problems.append(f"row {number}: adcode {adcode!r} does not have 6 digits")
        elif adcode not in known:
            problems.append(f"row {number}: adcode {adcode} ({official or district}) is not a division we know")
        elif known[adcode] != official:
            problems.append(f"row {number}: adcode {adcode} is {known[adcode]}, not {official or 'nothing'}")
        elif province and known.get(adcode[:2] + "0000") != province:
            problems.append(f"row {number}: {official} is not in {province}")
    elif district.endswith(("县", "市", "自治县")):
        problems.append(f"row {number}: {district} needs its adcode")
    return problems


def _phone_problems(number: int, row: dict[str, str], known: dict[str, int]) -> list[str]:
    problems = []
    for phone in filter(None, (part.strip() for part in row["phones"].split(";"))):
        if not any(form.fullmatch(phone) for form in (_WITH_AREA_CODE, _LOCAL, _MOBILE, _SERVICE)):
            problems.append(
                f"row {number}: {phone!r} is not a telephone number like 0431-85821827, 63362528 or a mobile"
            )
        elif phone in known:
            problems.append(f"row {number}: the telephone {phone} is already in row {known[phone]}")
        known.setdefault(phone, number)
    if row["phones"].strip() and row["phones"].strip().strip(";") != row["phones"].strip():
        problems.append(f"row {number}: phones has a ; too many")
    return problems

"""Counts terms of law without the program, for the courses under testdata/courses.

    python3 testdata/law/due.py 2026-04-20 60 day
    python3 testdata/law/due.py 2026-05-08 60 day --still 2026-05-21..2026-06-10
    python3 testdata/law/due.py 2026-06-15 7 working_day --back

The day of the event does not count, the last day does and, where it is a day off, moves to the next
working day, unless --stay is said (publications, seizures) or the term counts back. Days named by
--still do not count. Days off and make-up days are read from the notices in packs/hubei/calendar.
"""

import argparse
import pathlib
import tomllib
from datetime import date, timedelta

ROOT = pathlib.Path(__file__).resolve().parents[2]
DAY = timedelta(days=1)


def days_between(text):
    first, _, last = text.partition("..")
    at, last = date.fromisoformat(first), date.fromisoformat(last or first)
    while at <= last:
        yield at
        at += DAY


OFF, WORK = set(), set()
for path in sorted((ROOT / "packs/hubei/calendar").glob("20*.toml")):
    for notice in tomllib.loads(path.read_text(encoding="utf-8")).get("notice", []):
        for holiday in notice.get("holiday", []):
            for text in holiday.get("off", []):
                OFF.update(days_between(text))
            for text in holiday.get("work", []):
                WORK.update(days_between(text))


def is_working(day):
    return day in WORK or (day.weekday() < 5 and day not in OFF)


def same_day(start, months):
    """The corresponding day so many months later, or the last of that month."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    for day in (start.day, 30, 29, 28):
        if day <= start.day:
            try:
                return date(year, month, day)
            except ValueError:
                continue
    raise AssertionError


def due(start, amount, unit, still=(), roll=True, back=False):
    """The last day of a term that an event on `start` begins."""
    still = {day for text in still for day in days_between(text)}
    step = -DAY if back else DAY
    if unit in ("month", "year"):
        end = same_day(start, amount * (12 if unit == "year" else 1))
        assert not still
    else:
        end = start
        while amount:
            end += step
            amount -= end not in still and (unit == "day" or is_working(end))
    while roll and not back and not is_working(end):
        end += DAY
    return end


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("start", type=date.fromisoformat)
    parser.add_argument("amount", type=int)
    parser.add_argument("unit", choices=["day", "working_day", "month", "year"])
    parser.add_argument("--still", nargs="*", default=[])
    parser.add_argument("--stay", action="store_true")
    parser.add_argument("--back", action="store_true")
    asked = parser.parse_args()
    print(due(asked.start, asked.amount, asked.unit, asked.still, not asked.stay, asked.back))

"""Counts terms of law without the program: for the courses under testdata/courses and for terms.py.

    python3 testdata/law/due.py 2026-04-20 60 day
    python3 testdata/law/due.py 2026-05-08 60 day --still 2026-05-21..2026-06-10
    python3 testdata/law/due.py 2026-06-15 7 working_day --back
    python3 testdata/law/due.py 2026-02-10 7 working_day --known 2025-10-31

The day of the event does not count, the last day does and, where it is a day off, moves to the next
working day, unless --stay is said (publications, seizures) or the term counts back. Days named by
--still do not count. Days off and make-up days are read from the notices in packs/hubei/calendar:
those that were announced by the day --known, the later on top, those of Hubei with --hubei. A year
of which no notice is known has the holidays of the statute, and no make-up days.
"""

import argparse
import pathlib
import tomllib
from datetime import date, timedelta

ROOT = pathlib.Path(__file__).resolve().parents[2]
DAY = timedelta(days=1)

# Where the festivals fall that the statute names, from printed calendars.
FESTIVALS = {
    2024: ("2024-02-10", "2024-04-04", "2024-06-10", "2024-09-17"),
    2025: ("2025-01-29", "2025-04-04", "2025-05-31", "2025-10-06"),
    2026: ("2026-02-17", "2026-04-05", "2026-06-19", "2026-09-25"),
    2027: ("2027-02-06", "2027-04-05", "2027-06-09", "2027-09-15"),
    2028: ("2028-01-26", "2028-04-04", "2028-05-28", "2028-10-03"),
    2029: ("2029-02-13", "2029-04-04", "2029-06-16", "2029-09-22"),
}


def days_between(text):
    first, _, last = text.partition("..")
    at, last = date.fromisoformat(first), date.fromisoformat(last or first)
    while at <= last:
        yield at
        at += DAY


def notices():
    """Every notice: when it was announced, where it holds, the year that it arranges, its days."""
    for path in sorted((ROOT / "packs/hubei/calendar").glob("20*.toml")):
        for notice in tomllib.loads(path.read_text(encoding="utf-8")).get("notice", []):
            off, work = set(), set()
            for holiday in notice.get("holiday", []):
                off.update(day for text in holiday.get("off", []) for day in days_between(text))
                work.update(day for text in holiday.get("work", []) for day in days_between(text))
            region = notice.get("region", "")
            yield notice["announced"], len(region), region, notice.get("publishes"), off, work


def statute(year, known):
    """The days off of a year by the Measures on holidays (State Council orders 644 and 795)."""
    spring, qingming, dragon_boat, mid_autumn = map(date.fromisoformat, FESTIVALS[year])
    is_new = year >= 2025 and known >= date(2024, 11, 10)
    off = {date(year, 1, 1), qingming, date(year, 5, 1), dragon_boat, mid_autumn}
    off.update(spring + DAY * n for n in range(-1 if is_new else 0, 3))
    off.update(date(year, 10, n) for n in (1, 2, 3))
    if is_new:
        off.add(date(year, 5, 2))
    return off


class Days:
    """The working days as they were known on some day."""

    def __init__(self, known=None, is_hubei=False):
        self.known = known or date.max
        self.off, self.work, self.arranged = set(), set(), set()
        seen = [n for n in notices() if n[0] <= self.known and (is_hubei or not n[2])]
        for _, _, _, year, off, work in sorted(seen, key=lambda n: n[:2]):
            self.off = (self.off - work) | off
            self.work = (self.work - off) | work
            self.arranged.add(year)

    def is_working(self, day):
        if day in self.work or day in self.off:
            return day in self.work
        if day.weekday() >= 5:
            return False
        return day.year in self.arranged or day not in statute(day.year, self.known)

    def is_provisional(self, day):
        """Whether no notice that is known speaks of the day or arranges its year."""
        return day.year not in self.arranged and day not in self.off and day not in self.work


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


def count(days, start, amount, unit, still=frozenset(), back=False):
    """The last day of a term that an event on `start` begins, before it moves off a day off."""
    step = -DAY if back else DAY
    if unit in ("month", "year"):
        assert not still and not back
        return same_day(start, amount * (12 if unit == "year" else 1))
    end = start
    while amount:
        end += step
        amount -= end not in still and (unit == "day" or days.is_working(end))
    return end


def moved(days, end, still=frozenset()):
    """The end on the first working day that counts."""
    if days.is_working(end):
        return end
    while not days.is_working(end) or end in still:
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
    parser.add_argument("--known", type=date.fromisoformat)
    parser.add_argument("--hubei", action="store_true")
    asked = parser.parse_args()
    held = {day for text in asked.still for day in days_between(text)}
    calendar = Days(asked.known, asked.hubei)
    last = count(calendar, asked.start, asked.amount, asked.unit, held, asked.back)
    print(last if asked.stay or asked.back else moved(calendar, last, held))

"""Computes the festival dates of packs/hubei/calendar/festivals.toml and checks them.

The dates follow GB/T 33661-2017 (编算和颁行农历): days begin at 00:00 of UTC+8; a month begins on the
day of the new moon; the month with the winter solstice is the eleventh; of thirteen months between
two elevenths the first without a major solar term is intercalary. Positions of Sun and Moon: PyEphem
(VSOP87 and a truncated ELP). Checked against three sources that share nothing with it: sxtwl
(Shouxing ephemeris), lunardate and borax (tables). Prints the table
[festivals.dates], or with --check compares that of the pack.

    pip install ephem sxtwl lunardate borax && python festivals.py [--check]
"""
import datetime, math, pathlib, sys, tomllib
import ephem, sxtwl, lunardate
from borax.calendars.lunardate import LunarDate as Borax, TermUtils

FIRST, LAST = 2015, 2100
PACK = pathlib.Path(__file__).parent / "../../packs/hubei/calendar/festivals.toml"
# The new moon of that month falls three minutes before midnight.
KNOWN_DIFFERENCES = {("by_borax", "mid_autumn", 2089)}
EIGHT = 8 * ephem.hour
DAY = datetime.timedelta(1)

# What UT is in the decades to come depends on the Earth's rotation: PyEphem's own forecast is used.
def beijing(moment):
    return ephem.Date(moment + EIGHT).datetime()

def new_moons(start, end):
    found, moment = [], ephem.next_new_moon(start)
    while moment < end:
        found.append(moment)
        moment = ephem.next_new_moon(moment + 1)
    return found

def longitude(moment):
    sun = ephem.Sun(moment)
    return ephem.Ecliptic(ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=moment), epoch=moment).lon

def solar_term(year, degrees, month, day):
    """The moment in `year` near month/day at which the Sun's apparent longitude is `degrees`."""
    low, high = ephem.Date((year, month, day)) - 6, ephem.Date((year, month, day)) + 6
    off = lambda m: (math.degrees(longitude(m)) - degrees + 180) % 360 - 180
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if off(middle) < 0 else (low, middle)
    return ephem.Date((low + high) / 2)

def festivals(year):
    """Spring Festival, Qingming, Dragon Boat, Mid-Autumn, and the new moons that they hang on."""
    moons = new_moons(ephem.Date((year - 1, 11, 1)), ephem.Date((year + 1, 1, 31)))
    starts = [beijing(m).date() for m in moons]
    def eleventh(of):
        solstice = beijing(solar_term(of, 270, 12, 22)).date()
        return max(i for i, s in enumerate(starts) if s <= solstice)
    a, b = eleventh(year - 1), eleventh(year)
    leap = None
    if b - a == 13:
        terms = [beijing(solar_term(year, (30 * k) % 360, 1 + (k + 2) % 12, 20)).date()
                 for k in range(-2, 10)]
        terms = sorted(terms + [beijing(solar_term(year - 1, 270, 12, 22)).date()])
        leap = next(i for i in range(a + 1, b)
                    if not any(starts[i] <= t < starts[i + 1] for t in terms))
    months, number = {}, 11
    for i in range(a, b):
        if i == leap:
            continue
        months.setdefault(number, (starts[i], moons[i]))
        number = number % 12 + 1
    first, fifth, eighth = months[1], months[5], months[8]
    tomb = solar_term(year, 15, 4, 5)
    return {
        "spring_festival": (first[0], first[1]),
        "qingming": (beijing(tomb).date(), tomb),
        "dragon_boat": (fifth[0] + 4 * DAY, fifth[1]),
        "mid_autumn": (eighth[0] + 14 * DAY, eighth[1]),
    }

def by_sxtwl(year):
    day = lambda d: datetime.date(d.getSolarYear(), d.getSolarMonth(), d.getSolarDay())
    tomb = next(datetime.date(year, 4, d) for d in range(3, 8)
                if sxtwl.fromSolar(year, 4, d).hasJieQi() and sxtwl.fromSolar(year, 4, d).getJieQi() == 7)
    return {"spring_festival": day(sxtwl.fromLunar(year, 1, 1)), "qingming": tomb,
            "dragon_boat": day(sxtwl.fromLunar(year, 5, 5)), "mid_autumn": day(sxtwl.fromLunar(year, 8, 15))}

def by_lunardate(year):
    solar = lambda m, d: lunardate.LunarDate(year, m, d).to_solar_date()
    return {"spring_festival": solar(1, 1), "dragon_boat": solar(5, 5), "mid_autumn": solar(8, 15)}

def by_borax(year):
    solar = lambda m, d: Borax(year, m, d).to_solar_date()
    return {"spring_festival": solar(1, 1), "dragon_boat": solar(5, 5), "mid_autumn": solar(8, 15),
            "qingming": TermUtils.nth_term_day(year, 6)}

def main():
    table, differ, close = {}, 0, []
    for year in range(FIRST, LAST + 1):
        ours = festivals(year)
        for name, (date, moment) in ours.items():
            table.setdefault(name, []).append(date)
            clock = beijing(moment)
            minutes = clock.hour * 60 + clock.minute
            if min(minutes, 1440 - minutes) < 5:
                close.append(f"{name} {date}: hangs on {clock:%Y-%m-%d %H:%M:%S} UTC+8")
        for source in (by_sxtwl, by_lunardate, by_borax):
            try:
                theirs = source(year)
            except (ValueError, KeyError) as e:
                print(f"# {source.__name__} has no {year}: {e}", file=sys.stderr)
                continue
            for name, date in theirs.items():
                if date != ours[name][0]:
                    differ += (source.__name__, name, year) not in KNOWN_DIFFERENCES
                    print(f"# {name} {year}: {ours[name][0]}, {source.__name__} {date}", file=sys.stderr)
    print(f"# {sum(map(len, table.values()))} dates, {differ} unexpected differences", file=sys.stderr)
    for line in close:
        print(f"# within five minutes of midnight: {line}", file=sys.stderr)
    if "--check" in sys.argv:
        committed = tomllib.loads(PACK.read_text())["festivals"]["dates"]
        print(f"# the pack's dates are these: {committed == table}", file=sys.stderr)
        sys.exit(differ != 0 or committed != table)
    for name, dates in table.items():
        print(f"{name} = [")
        for i in range(0, len(dates), 6):
            print("  " + " ".join(f"{d}," for d in dates[i:i + 6]))
        print("]")

main()

"""Writes chinesecalendar.csv: the days of 2015 to 2026 on which PyPI's chinesecalendar (LKI, MIT)
differs from the plain week, for the day-by-day cross-check of the national calendar.

    pip install chinesecalendar==1.11.0 && python chinesecalendar.py > chinesecalendar.csv
"""
import datetime

import chinese_calendar

print("date,working")
day = datetime.date(2015, 1, 1)
while day.year < 2027:
    working = chinese_calendar.is_workday(day)
    if working != (day.weekday() < 5):
        print(f"{day},{str(working).lower()}")
    day += datetime.timedelta(1)

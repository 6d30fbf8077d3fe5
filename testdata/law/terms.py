"""Makes terms.csv: when terms of the procedures end, counted without the program.

    python3 testdata/law/terms.py            # writes testdata/law/terms.csv

The days are counted by due.py on the published holiday notices. How long a term is, and since when, is
read from parameters.csv, the collection of the texts of law; which parameters a term has, what does
not count in it and which ends stay on a day off is said below, from the articles that stand there.
The program's own packs are asked for one thing only, how early a term is to be pressing, which no law
says.

The hand counts were written down in words, from a printed calendar, before the script counted; it
stops where the two differ. crates/pack/tests/it/terms.rs holds the program against every row.
"""

import csv
import re
import tomllib
from datetime import date, datetime, timedelta
from functools import cache

from due import DAY, ROOT, Days, count, days_between, moved

# What does not count in a term, by the articles.
NOT_COUNTED = {
    # 令121号 22, 令20号 20, 消费者权益保护法实施条例 46: 鉴定 检测
    "complaint.mediate": {"test", "appraisal"},
    "complaint.mediate_cap": {"test", "appraisal"},
    # 市场监督管理行政处罚程序规定 18: 检测 检验 检疫 鉴定 权利人辨认或者鉴别
    "tipoff.verify": {"test", "quarantine", "appraisal", "identification"},
    # 程序规定 64: 中止 听证 公告 检测 检验 检疫 鉴定 权利人辨认或者鉴别 责令退款
    "penalty.close": {
        "suspension", "hearing", "public-notice", "test", "quarantine", "appraisal",
        "identification", "refund-order",
    },
    # 行政强制法 25
    "seizure.term": {"test", "appraisal"},
}
# Times of publication and seizure, and what is due at once, end on their day, worked or not.
STAYS = re.compile(
    r"penalty\.publication_|repair\.publish_before|repair\.fraud_ban|seizure\.|sampling\.stop$"
)
# 行政处罚法 64(2), 市场监督管理行政处罚听证办法 22: so long before the hearing.
BACK = {"penalty.hearing_notice", "penalty.hearing_public_notice"}

COLUMNS = [
    "id", "about", "procedure", "term", "shows", "level", "step", "step_at", "counts_from", "back",
    "still", "longer", "known", "region", "parameter", "law", "article", "due", "unrolled",
    "provisional", "pressing", "hand",
]


@cache
def parameters():
    with open(ROOT / "testdata/law/parameters.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def warnings(procedure):
    text = (ROOT / f"packs/hubei/procedures/{procedure}.toml").read_text(encoding="utf-8")
    return {term["id"]: term.get("warn") for term in tomllib.loads(text)["term"]}


@cache
def working(known, is_hubei):
    return Days(known, is_hubei)


def in_force(parameter, day):
    for row in parameters():
        first = date.fromisoformat(row["in_force_from"])
        last = date.fromisoformat(row["in_force_to"] or "9999-12-31")
        if row["id"] == parameter and first <= day <= last:
            return row
    assert any(row["id"] == parameter for row in parameters()), parameter
    return None


def amount(row, level):
    several = row["value"].split("|")
    return int(several[0] if len(several) == 1 else several[int(level[-1]) - 1])


class StandsStill(Exception):
    pass


def not_counted(still, events):
    """The days that do not count: after the day on which it began, up to that on which it ended."""
    held, since = set(), None
    for text in still:
        event, _, span = text.partition(" ")
        first, _, last = span.partition("..")
        if event not in events:
            continue
        after = date.fromisoformat(first) + DAY
        if last:
            held.update(days_between(f"{after}..{last}"))
        else:
            since = after
    return held, since


def stretch(days, limit, start, level, still, more=frozenset()):
    """The end of a limit from a start: with its row, before and after it moved."""
    earliest, latest, found, waits = limit.startswith("min("), limit.startswith("max("), None, False
    for parameter in re.findall(r"[a-z_]+\.[a-z_]+", limit):
        first = start if isinstance(start, date) and not isinstance(start, datetime) else start.date()
        row = in_force(parameter, first)
        if row is None:
            continue
        if row["unit"] == "hour":
            end = start + timedelta(hours=amount(row, level))
            found = (row, end, end, False)
            continue
        held, since = not_counted(still, NOT_COUNTED.get(parameter, set()) | more)
        last = count(days, first, amount(row, level), row["unit"], held, parameter in BACK)
        if since is not None and since <= last:
            waits = True
            continue
        rolls = row["unit"] != "working_day" and not STAYS.match(parameter)
        end = moved(days, last, held) if rolls else last
        rests = (
            days_between("..".join(map(str, sorted([first, end]))))
            if row["unit"] == "working_day"
            else days_between(f"{last}..{end}") if rolls else ()
        )
        provisional = any(days.is_provisional(day) for day in rests)
        better = found is None or (end > found[2] if latest else end < found[2])
        if better:
            found = (row, last, end, provisional)
    if waits and (latest or found is None):
        raise StandsStill
    return found


ROWS, SEEN = [], {}


def term(procedure, name, limit, step, at, about, shows, counts_from="", level="", still=(),
         longer=(), known="", hubei=False, hand=""):
    """One row: a term that a step on some day starts, counted from `counts_from` where that is said."""
    at = at if "T" in at else f"{at}T09:00:00"
    at = datetime.fromisoformat(at)
    start = at
    if counts_from:
        start = (datetime if "T" in counts_from else date).fromisoformat(counts_from)
    days = working(date.fromisoformat(known) if known else None, hubei)
    SEEN[procedure, name] = SEEN.get((procedure, name), 0) + 1
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        "id": f"{procedure}/{name}/{SEEN[procedure, name]}", "about": about, "procedure": procedure,
        "term": name, "shows": shows, "level": level, "step": step, "step_at": f"{at.isoformat()}+08:00",
        "counts_from": counts_from + ("+08:00" if "T" in counts_from else ""),
        "back": "yes" if any(p in BACK for p in [limit]) else "",
        "still": "; ".join(still), "longer": "; ".join(text for text, _ in longer), "known": known,
        "region": "420000" if hubei else "", "hand": hand,
    }
    try:
        found = stretch(days, limit, start, level, still)
    except StandsStill:
        found = "stands-still"
    if found == "stands-still" or found is None:
        row["due"] = found or "not-in-force"
    else:
        events = frozenset(NOT_COUNTED.get(found[0]["id"], set()))
        for text, by in longer:
            if " until " in text:
                until = date.fromisoformat(text.split(" until ")[1])
                found = (found[0], until, until, False)
            else:
                found = stretch(days, by, found[1], level, still, events)
        chosen, last, end, provisional = found
        zone = "+08:00" if isinstance(end, datetime) else ""
        row |= {
            "parameter": chosen["id"], "law": chosen["law"], "article": chosen["article"],
            "due": end.isoformat() + zone, "unrolled": last.isoformat() + zone,
            "provisional": "yes" if provisional else "",
        }
        warn = warnings(procedure)[name]
        if warn:
            many, unit = warn.split()
            if unit == "hour":
                row["pressing"] = (end - timedelta(hours=int(many))).isoformat() + zone
            else:
                row["pressing"] = count(days, end, int(many), unit, back=True).isoformat()
    if hand and row["due"][:10] not in hand:
        raise SystemExit(f"{row['id']}: {row['due']}, by hand {hand}")
    ROWS.append(row)


# Complaints: order 20 to 2026-04-14, order 121 from 2026-04-15; the cap of the Regulations to the
# consumer law from 2024-07-01.

ACCEPT = ("complaint", "accept", "complaint.accept", "opened")
term(*ACCEPT, "2026-03-09", "plain", "a Monday: the day of receipt does not count",
     hand="10 Tue 1, 11 Wed 2, 12 Thu 3, 13 Fri 4, 16 Mon 5, 17 Tue 6, 18 Wed 7: 2026-03-18")
term(*ACCEPT, "2026-02-10T23:59:59", "holiday", "across the Spring Festival with a worked Saturday before it",
     hand="Feb 11 Wed 1, 12 Thu 2, 13 Fri 3, 14 Sat worked 4, 15 to 23 off, 24 Tue 5, 25 Wed 6, 26 Thu 7: 2026-02-26")
term(*ACCEPT, "2026-04-28", "make-up", "Labour Day off, Saturday 9 May worked",
     hand="Apr 29 Wed 1, 30 Thu 2, May 1 to 5 off, 6 Wed 3, 7 Thu 4, 8 Fri 5, 9 Sat worked 6, 11 Mon 7: 2026-05-11")
term(*ACCEPT, "2026-09-24", "holiday", "two holidays within seven working days",
     hand="Sep 25 to 27 off, 28 Mon 1, 29 Tue 2, 30 Wed 3, Oct 1 to 7 off, 8 Thu 4, 9 Fri 5, 10 Sat worked 6, 12 Mon 7: 2026-10-12")
term(*ACCEPT, "2025-12-26", "year-end", "over the New Year of 2026, Sunday 4 January worked",
     hand="Dec 29 Mon 1, 30 Tue 2, 31 Wed 3, Jan 1 to 3 off, 4 Sun worked 4, 5 Mon 5, 6 Tue 6, 7 Wed 7: 2026-01-07")
term(*ACCEPT, "2026-04-14T18:00:00", "old-rule", "received on the last day of order 20",
     hand="Apr 15 Wed 1, 16 Thu 2, 17 Fri 3, 20 Mon 4, 21 Tue 5, 22 Wed 6, 23 Thu 7: 2026-04-23, order 20, Art. 14")
term(*ACCEPT, "2026-04-15T00:00:00", "new-rule", "received in the first moment of order 121",
     hand="Apr 16 Thu 1, 17 Fri 2, 20 Mon 3, 21 Tue 4, 22 Wed 5, 23 Thu 6, 24 Fri 7: 2026-04-24, order 121, Art. 15")
term(*ACCEPT, "2020-01-20", "holiday", "the Spring Festival of 2020 as it was lengthened for the country",
     hand="Jan 21 Tue 1, 22 Wed 2, 23 Thu 3, 24 to Feb 2 off, 3 Mon 4, 4 Tue 5, 5 Wed 6, 6 Thu 7: 2020-02-06")
term(*ACCEPT, "2020-01-20", "holiday", "the same in Hubei, which was off to 13 February", hubei=True,
     hand="Jan 21 Tue 1, 22 Wed 2, 23 Thu 3, 24 to Feb 13 off, 14 Fri 4, 17 Mon 5, 18 Tue 6, 19 Wed 7: 2020-02-19")
term(*ACCEPT, "2020-01-20", "provisional", "the same as it was known before the lengthening", known="2020-01-26",
     hand="Jan 21 Tue 1, 22 Wed 2, 23 Thu 3, 24 to 30 off, 31 Fri 4, Feb 1 Sat worked 5, 3 Mon 6, 4 Tue 7: 2020-02-04")
term(*ACCEPT, "2026-02-10", "provisional", "as known before the notice for 2026: statutory days only", known="2025-10-31",
     hand="Feb 11 Wed 1, 12 Thu 2, 13 Fri 3, 16 eve off, 17 to 19 off, 20 Fri 4, 23 Mon 5, 24 Tue 6, 25 Wed 7: 2026-02-25")
term(*ACCEPT, "2025-01-22", "provisional", "as known before the Measures of November 2024: the eve is worked", known="2024-10-31",
     hand="Jan 23 Thu 1, 24 Fri 2, 27 Mon 3, 28 Tue 4 (eve), 29 to 31 off, Feb 3 Mon 5, 4 Tue 6, 5 Wed 7: 2025-02-05")
term(*ACCEPT, "2026-12-28", "provisional", "into 2027, whose notice is not out",
     hand="Dec 29 Tue 1, 30 Wed 2, 31 Thu 3, Jan 1 off, 4 Mon 4, 5 Tue 5, 6 Wed 6, 7 Thu 7: 2027-01-07")
term("complaint", "accept", "complaint.accept", "undo-refusal", "2026-06-16", "holiday", "anew after a refusal was undone, Dragon Boat within")
DISPUTE = ("complaint", "jurisdiction", "complaint.jurisdiction_dispute", "dispute-jurisdiction")
term(*DISPUTE, "2026-04-14", "old-rule", "a dispute that arises under order 20")
term(*DISPUTE, "2026-04-15", "new-rule", "the same a day later, under order 121")

MEDIATE = ("complaint", "mediate", "min(complaint.mediate, complaint.mediate_cap)", "accept")
term(*MEDIATE, "2024-06-28", "old-rule", "before the cap: forty-five working days", "2024-06-28",
     hand="Jul has 23 working days from the 1st, Aug 22: 45 with Fri 30 Aug: 2024-08-30")
term(*MEDIATE, "2024-07-01", "minimum", "the cap's first day: sixty days are earlier than forty-five working days", "2024-07-01",
     hand="Jul 2 to 31 are 30 days, Aug 1 to 30 are 30: Fri 30 Aug: 2024-08-30; 45 working days would be 2 Sep")
term(*MEDIATE, "2025-09-10", "minimum", "sixty days against forty-five working days across the National Day", "2025-09-10",
     hand="Sep 11 to 30 are 20 days, Oct 1 to 31 31 make 51, Nov 9 Sun makes 60, moves to Mon 10: 2025-11-10")
term(*MEDIATE, "2026-04-14", "minimum", "the last day of order 20, with the cap", "2026-04-14")
term(*MEDIATE, "2026-04-15", "new-rule", "the first day of order 121: sixty days", "2026-04-15",
     hand="Apr 16 to 30 are 15 days, May 31 make 46, Jun 14 Sun makes 60, moves to Mon 15: 2026-06-15")
term(*MEDIATE, "2026-04-20", "holiday", "sixty days end on Dragon Boat and move behind it", "2026-04-20",
     hand="Apr 21 to 30 are 10 days, May 31 make 41, Jun 19 Fri makes 60, off to Sun 21, moves to Mon 22: 2026-06-22")
term(*MEDIATE, "2026-04-20", "boundary", "accepted under order 20, recorded under order 121: what counts is the acceptance", "2026-04-13")
term(*MEDIATE, "2026-05-08", "suspension", "a test of twenty days does not count", "2026-05-08",
     still=["test 2026-05-20..2026-06-09"],
     hand="May 9 to 20 are 12 days; May 21 to Jun 9 do not count; Jun 10 to 30 21 make 33; Jul 27 Mon makes 60: 2026-07-27")
term(*MEDIATE, "2026-05-08", "suspension", "a test and an appraisal that overlap are taken off once", "2026-05-08",
     still=["test 2026-05-20..2026-06-09", "appraisal 2026-06-01..2026-06-15"],
     hand="May 9 to 20 are 12 days; May 21 to Jun 15 do not count; Jun 16 to 30 15 make 27; Jul 31 make 58; Aug 2 Sun makes 60, moves to Mon 3: 2026-08-03")
term(*MEDIATE, "2026-05-08", "suspension", "sent and answered on one day: nothing is taken off", "2026-05-08",
     still=["test 2026-05-20..2026-05-20"])
term(*MEDIATE, "2026-05-08", "suspension", "a test that has not come back", "2026-05-08", still=["test 2026-05-20.."])
term(*MEDIATE, "2025-12-01", "suspension", "forty-five working days and sixty days, a test taken off both", "2025-12-01",
     still=["test 2025-12-15..2026-01-12"])
term(*MEDIATE, "2026-05-08", "suspension", "sent to a test when the sixty days were over", "2026-05-08",
     still=["test 2026-07-20..2026-07-30"])
TOLD = ("complaint", "tell-ended", "complaint.termination_notice")
term(*TOLD, "end-mediation", "2026-04-14", "old-rule", "ended under order 20")
term(*TOLD, "time-out", "2026-06-15T23:59:59", "new-rule", "ended by itself with the sixty days")
CLUE = ("complaint", "check-clue", "complaint.clue_verify", "find-clue")
term(*CLUE, "2026-04-01", "old-rule", "fifteen working days over Qingming", "2026-04-01",
     hand="Apr 2 Thu 1, 3 Fri 2, 4 to 6 off, 7 to 10 four make 6, 13 to 17 five make 11, 20 to 23 four make 15: 2026-04-23")
term(*CLUE, "2026-04-20", "extension", "lengthened by fifteen: thirty working days", "2026-04-20",
     longer=[("extend-clue 2026-05-08", "complaint.clue_verify_extension")],
     hand="Apr 21 to 24 4, 27 to 30 8, May 6 to 9 12 (Sat 9 worked), 11 to 15 17, 18 to 22 22, 25 to 29 27, Jun 1 to 3 30: 2026-06-03")
term(*CLUE, "2026-09-15", "extension", "the lengthening runs over the National Day", "2026-09-14",
     longer=[("extend-clue 2026-09-28", "complaint.clue_verify_extension")])

# Tip-offs.

TIP = ("tip-off", "verify", "tipoff.verify")
term(*TIP, "opened", "2026-02-02", "holiday", "fifteen working days over the Spring Festival",
     hand="Feb 3 to 6 4, 9 to 14 10 (Sat 14 worked), 15 to 23 off, 24 to 28 15 (Sat 28 worked): 2026-02-28")
term(*TIP, "opened", "2026-09-10", "make-up", "Sunday 20 September worked",
     hand="Sep 11 Fri 1, 14 to 18 6, 20 Sun worked 7, 21 to 24 11, 25 to 27 off, 28 to 30 14, Oct 1 to 7 off, 8 Thu 15: 2026-10-08")
term(*TIP, "join-tip-off", "2026-05-20", "new-rule", "a second tip-off joined: the term begins anew with it", "2026-05-19")
term(*TIP, "undo-decision", "2026-06-01", "plain", "anew after the decision was undone")
term(*TIP, "opened", "2026-06-01", "suspension", "a test of nine working days does not count",
     still=["test 2026-06-08..2026-06-22"],
     hand="Jun 2 to 5 4, 8 Mon 5; 9 to 22 do not count; 23 to 26 9, 29 to Jul 3 14, 6 Mon 15: 2026-07-06")
term(*TIP, "opened", "2026-06-01", "extension", "lengthened by fifteen working days",
     longer=[("extend 2026-06-20", "tipoff.verify_extension")])
term(*TIP, "opened", "2026-06-01", "extension", "a test within the lengthening does not count there either",
     still=["identification 2026-06-25..2026-07-08"],
     longer=[("extend 2026-06-22", "tipoff.verify_extension")],
     hand="15 with Tue 23 Jun (19 off); the added: 24 Wed 1, 25 Thu 2; 26 Jun to 8 Jul do not count; Jul 9, 10 4, 13 to 17 9, 20 to 24 14, 27 Mon 15: 2026-07-27")
term(*TIP, "opened", "2026-06-01", "suspension", "identification that is not back", still=["identification 2026-06-10.."])
term(*TIP, "opened", "2026-07-01", "suspension", "quarantine and appraisal one after the other",
     still=["quarantine 2026-07-03..2026-07-10", "appraisal 2026-07-10..2026-07-17"])
term("tip-off", "jurisdiction", "penalty.jurisdiction_dispute", "dispute-jurisdiction", "2026-09-29", "holiday", "seven working days over the National Day",
     hand="Sep 30 Wed 1, Oct 1 to 7 off, 8 Thu 2, 9 Fri 3, 10 Sat worked 4, 12 to 14 7: 2026-10-14")
term("tip-off", "designate", "penalty.jurisdiction_designate", "report-jurisdiction", "2026-10-14", "plain", "from the day on which the superior has it", "2026-10-16")
term("tip-off", "public-info", "tipoff.public_info_verify", "take-as-public-info", "2026-12-10", "provisional", "twenty working days into 2027", "2026-12-09",
     hand="Dec 10, 11 2, 14 to 18 7, 21 to 25 12, 28 to 31 16, Jan 1 off, 4 to 7 20: 2027-01-07")
INFORMER = ("tip-off", "tell-informer", "tipoff.tell_informer")
term(*INFORMER, "open-no-case", "2026-04-14", "old-rule", "decided under order 20: five working days", "2026-04-14",
     hand="Apr 15, 16, 17 3, 20, 21 5: 2026-04-21")
term(*INFORMER, "case-opened", "2026-04-15", "new-rule", "order 121 asks for none: no end", "2026-04-15")

# Sampling of industrial goods (order 18).

PRODUCT = "sampling-product"
term(PRODUCT, "repeat-interval", "sampling.same_product_interval", "note-last-sampling", "2026-03-02", "month-end", "six months from the end of August end with February", "2025-08-31",
     hand="there is no 31 February: its last day, Sat 28, is a day worked: 2026-02-28")
term(PRODUCT, "repeat-interval", "sampling.same_product_interval", "note-last-sampling", "2026-03-02", "month-end", "six months that end on a Sunday", "2025-09-15",
     hand="15 March is a Sunday, moves to Mon 16: 2026-03-16")
term(PRODUCT, "stop-inspected", "sampling.stop", "serve-inspected", "2026-05-02", "plain", "at once, also on a day off", "2026-05-02", hand="the same day, Labour Day or not: 2026-05-02")
term(PRODUCT, "stop-maker", "sampling.stop", "serve-maker", "2026-05-06", "plain", "at once", "2026-05-06")
OBJECT = (PRODUCT, "objection-inspected", "sampling.objection", "serve-inspected")
term(*OBJECT, "2026-09-16", "holiday", "fifteen days end on the National Day and move behind it", "2026-09-16",
     hand="Sep 17 to 30 are 14 days, Oct 1 makes 15, off to the 7th, moves to Thu 8: 2026-10-08")
term(*OBJECT, "2026-01-30", "make-up", "fifteen days end on a Saturday that is worked", "2026-01-30",
     hand="Jan 31 1, Feb 14 makes 15, a Saturday but worked: 2026-02-14")
term(*OBJECT, "2026-02-06", "holiday", "fifteen days end in the Spring Festival", "2026-02-06")
term(PRODUCT, "objection-maker", "sampling.objection", "serve-maker", "2026-04-10", "plain", "the maker's own fifteen days, from its own receipt", "2026-04-08")
term(PRODUCT, "retest-formalities", "sampling.retest_formalities", "accept-retest", "2026-04-27", "holiday", "seven days end on Labour Day", "2026-04-27",
     hand="Apr 28 to 30 are 3 days, May 4 makes 7, off to the 5th, moves to Wed 6: 2026-05-06")
term(PRODUCT, "retest-lab", "sampling.retest_lab", "retest-formalities", "2026-05-06", "plain", "ten days for another laboratory", "2026-05-06",
     hand="May 7 1, May 16 Sat makes 10, moves to Mon 18: 2026-05-18")
term(PRODUCT, "correct", "sampling.correct", "order-correction", "2025-12-02", "year-end", "sixty days into the next year", "2025-12-02",
     hand="Dec 3 to 31 are 29 days, Jan 31 make 60 with Sat 31, moves to Mon 2 Feb: 2026-02-02")
term(PRODUCT, "recheck", "sampling.recheck", "order-correction", "2025-12-02", "holiday", "seventy-five days end on the first day of the Spring Festival", "2025-12-02",
     hand="60 with Jan 31, 75 with Sun 15 Feb, off to the 23rd, moves to Tue 24: 2026-02-24")
term(PRODUCT, "second-recheck-from", "sampling.second_recheck_from", "announce", "2026-06-23", "plain", "not before sixty days", "2026-06-22")
term(PRODUCT, "second-recheck-to", "sampling.second_recheck_to", "announce", "2026-06-23", "plain", "and not after ninety", "2026-06-22",
     hand="Jun 23 to 30 are 8 days, Jul 31 make 39, Aug 31 make 70, Sep 20 Sun makes 90 and is worked: 2026-09-20")

# Sampling of food (order 15).

FOOD = "sampling-food"
term(FOOD, "deliver", "food_sampling.deliver", "take-sample", "2026-04-29", "make-up", "five working days over Labour Day", "2026-04-29",
     hand="Apr 30 Thu 1, May 1 to 5 off, 6 Wed 2, 7 Thu 3, 8 Fri 4, 9 Sat worked 5: 2026-05-09")
term(FOOD, "test-report", "food_sampling.test_report", "receive-sample", "2026-05-09", "plain", "twenty working days", "2026-05-09")
term(FOOD, "test-report", "food_sampling.test_report", "receive-sample", "2026-05-09", "extension", "until the day that was agreed", "2026-05-09",
     longer=[("agree-term 2026-05-11 until 2026-06-30", None)])
term(FOOD, "report-pass", "food_sampling.report_pass", "conclude-pass", "2026-06-16", "holiday", "seven working days over Dragon Boat", "2026-06-16")
term(FOOD, "report-fail", "food_sampling.report_fail", "conclude-fail", "2026-09-30", "holiday", "two working days over the National Day", "2026-09-30",
     hand="Oct 1 to 7 off, 8 Thu 1, 9 Fri 2: 2026-10-09")
term(FOOD, "keep-backup-pass", "food_sampling.backup_pass", "conclude-pass", "2025-11-30", "month-end", "three months from 30 November end with February", "2025-11-30",
     hand="there is no 30 February: Sat 28, worked: 2026-02-28")
term(FOOD, "keep-backup-fail", "food_sampling.backup_fail", "conclude-fail", "2026-04-02", "month-end", "six months end on the National Day", "2026-04-02",
     hand="2 October is off to the 7th, moves to Thu 8: 2026-10-08")
term(FOOD, "keep-backup-fail", "food_sampling.backup_fail", "conclude-fail", "2026-08-31", "provisional", "six months into February 2027", "2026-08-31",
     hand="there is no 31 February: Sun 28, moves to Mon 1 March: 2027-03-01")
term(FOOD, "objection-sampling", "food_sampling.objection", "take-sample", "2026-06-15", "holiday", "seven working days on how the sample was taken", "2026-06-15")
term(FOOD, "serve-inspected", "food_sampling.serve_fail", "county-receives", "2026-02-12", "holiday", "five working days over the Spring Festival", "2026-02-12",
     hand="Feb 13 Fri 1, 14 Sat worked 2, 15 to 23 off, 24 Tue 3, 25 Wed 4, 26 Thu 5: 2026-02-26")
term(FOOD, "retest-inspected", "food_sampling.retest_apply", "serve-inspected", "2026-05-11", "plain", "seven working days to ask for a retest", "2026-05-11")
term(FOOD, "objection-inspected", "food_sampling.objection", "serve-inspected", "2026-05-11", "plain", "seven working days to object", "2026-05-11",
     hand="May 12 to 15 4, 18 to 20 7: 2026-05-20")
term(FOOD, "serve-maker", "food_sampling.serve_fail", "maker-county-receives", "2026-05-13", "plain", "the maker's county has its own five", "2026-05-13")
term(FOOD, "retest-maker", "food_sampling.retest_apply", "serve-maker", "2026-09-18", "make-up", "the worked Sunday counts", "2026-09-18",
     hand="Sep 20 Sun worked 1, 21 to 24 5, 25 to 27 off, 28 Mon 6, 29 Tue 7: 2026-09-29")
term(FOOD, "objection-maker", "food_sampling.objection", "serve-maker", "2026-05-18", "plain", "objection or denial by the maker", "2026-05-18")
term(FOOD, "retest-accept", "food_sampling.retest_accept", "ask-retest-inspected", "2026-05-20", "plain", "five working days", "2026-05-20")
term(FOOD, "retest-accept", "food_sampling.retest_accept", "ask-retest-maker", "2026-05-27", "plain", "the same when the maker asks", "2026-05-26")
term(FOOD, "retest-lab", "food_sampling.retest_lab", "accept-retest", "2026-05-27", "plain", "five working days to name a laboratory", "2026-05-27")
term(FOOD, "retest-lab", "food_sampling.retest_lab", "accept-retest", "2026-05-27", "extension", "and five more", "2026-05-27",
     longer=[("extend-naming 2026-06-03", "food_sampling.retest_lab")],
     hand="May 28, 29 2, Jun 1 to 3 5; 4, 5 7, 8 to 10 10: 2026-06-10")
term(FOOD, "retest-result", "food_sampling.retest_result", "receive-backup", "2026-06-08", "holiday", "ten working days over Dragon Boat", "2026-06-08",
     hand="Jun 9 to 12 4, 15 to 18 8, 19 to 21 off, 22 Mon 9, 23 Tue 10: 2026-06-23")
term(FOOD, "dispose", "food_sampling.dispose", "conclude-fail", "2026-07-03", "holiday", "ninety days end on the first of October", "2026-07-03",
     hand="Jul 4 to 31 are 28 days, Aug 31 make 59, Sep 30 make 89, Oct 1 makes 90, off to the 7th, moves to Thu 8: 2026-10-08")
term(FOOD, "dispose", "food_sampling.dispose", "conclude-fail", "2026-06-05", "extension", "lengthened by the head to a day", "2026-06-05",
     longer=[("extend-disposal 2026-08-31 until 2026-10-31", None)])

# Whether a thing is the maker's own.

term("authenticity-check", "assist", "penalty.assist", "ask-assistance", "2026-01-26", "holiday", "fifteen working days over the Spring Festival", "2026-01-26",
     hand="Jan 27 to 30 4, Feb 2 to 6 9, 9 to 14 15 (Sat 14 worked): 2026-02-14")

# Recalls of consumer goods (order 19) and cars.

GOODS = "recall-consumer"
term(GOODS, "report-severe", "recall.report_severe", "note-severe-harm", "2026-04-30", "holiday", "two working days over Labour Day", "2026-04-30", hand="May 1 to 5 off, 6 Wed 1, 7 Thu 2: 2026-05-07")
term(GOODS, "notify-province", "recall.notify_other_province", "find-other-province", "2026-05-08", "make-up", "Saturday 9 May counts", "2026-05-08", hand="May 9 Sat worked 1, 11 Mon 2: 2026-05-11")
term(GOODS, "ask-investigation", "recall.ask_investigation", "opened", "2026-03-05", "plain", "three working days over a week-end", "2026-03-05")
term(GOODS, "objection", "recall.objection", "issue-notice", "2026-06-10", "holiday", "ten working days over Dragon Boat", "2026-06-10")
term(GOODS, "plan", "recall.plan", "order-recall", "2026-09-17", "make-up", "ten working days with a worked Sunday and two holidays", "2026-09-17",
     hand="Sep 18 Fri 1, 20 Sun worked 2, 21 to 24 6, 25 to 27 off, 28 to 30 9, Oct 1 to 7 off, 8 Thu 10: 2026-10-08")
term(GOODS, "plan", "recall.plan", "confirm-defect", "2026-03-02", "plain", "from the maker's own finding", "2026-02-27",
     hand="Feb 28 Sat worked 1, Mar 2 to 6 6, 9 to 12 10: 2026-03-12")
term(GOODS, "publish", "recall.publish", "report-plan", "2026-03-13", "plain", "three working days", "2026-03-12")
term(GOODS, "progress", "recall.progress", "publish-recall", "2026-07-06", "month-end", "three months end on the day before the holiday's end", "2026-07-06",
     hand="6 October is off to the 7th, moves to Thu 8: 2026-10-08")
term(GOODS, "progress", "recall.progress", "report-progress", "2026-11-30", "provisional", "three months from 30 November into 2027", "2026-11-30",
     hand="there is no 30 February: Sun 28, moves to Mon 1 March: 2027-03-01")
term(GOODS, "summary", "recall.summary", "complete", "2026-12-18", "provisional", "fifteen working days into 2027", "2026-12-18",
     hand="Dec 21 to 25 5, 28 to 31 9, Jan 1 off, 4 to 8 14, 11 Mon 15: 2027-01-11")
CAR = "recall-car"
term(CAR, "objection", "recall.car_objection", "issue-notice", "2026-09-21", "holiday", "fifteen working days with two holidays", "2026-09-21",
     hand="Sep 22 to 24 3, 28 to 30 6, Oct 8 to 10 9 (Sat 10 worked), 12 to 16 14, 19 Mon 15: 2026-10-19")
term(CAR, "plan", "recall.car_plan", "confirm-defect", "2026-04-30", "make-up", "five working days over Labour Day", "2026-04-30")
term(CAR, "publish", "recall.car_publish", "report-plan", "2026-05-11", "plain", "five working days", "2026-05-11")
term(CAR, "tell-owners", "recall.car_tell_owners", "report-plan", "2026-05-11", "holiday", "thirty working days", "2026-05-11",
     hand="May 12 to 15 4, 18 to 22 9, 25 to 29 14, Jun 1 to 5 19, 8 to 12 24, 15 to 18 28, 19 off, 22, 23 30: 2026-06-23")
term(CAR, "progress", "recall.car_progress", "publish-recall", "2026-05-15", "plain", "three months", "2026-05-15", hand="15 August is a Saturday, moves to Mon 17: 2026-08-17")
term(CAR, "summary", "recall.car_summary", "complete", "2026-02-09", "make-up", "fifteen working days with both worked Saturdays", "2026-02-09",
     hand="Feb 10 to 14 5 (Sat 14 worked), 15 to 23 off, 24 to 28 10 (Sat 28 worked), Mar 2 to 6 15: 2026-03-06")

# Recalls of food by level: order 12 to 2026-11-30, order 122 from 2026-12-01.

RECALL = "recall-food"
for level, old, new in (("level-1", 24, 24), ("level-2", 48, 36), ("level-3", 72, 48)):
    term(RECALL, "start", "recall.food_start", "opened", "2026-11-30T18:00:00", "boundary",
         f"{level}, known in the last second of order 12: {old} hours", "2026-11-30T23:59:59", level=level)
    term(RECALL, "start", "recall.food_start", "opened", "2026-12-01T08:00:00", "boundary",
         f"{level}, known in the first second of order 122: {new} hours", "2026-12-01T00:00:00", level=level)
term(RECALL, "start", "recall.food_start", "opened", "2026-02-14T16:30:00", "hours", "hours run on through the Spring Festival", "2026-02-14T16:30:00", level="level-3",
     hand="72 hours are three days: 2026-02-17 at 16:30, New Year's Day of the old calendar")
term(RECALL, "start", "recall.food_start", "opened", "2026-12-31T20:00:00", "year-end", "thirty-six hours over the end of the year", "2026-12-31T20:00:00", level="level-2",
     hand="24 hours to Jan 1 20:00, 12 more: 2027-01-02 at 08:00")
FINISH = (RECALL, "finish", "recall.food_finish")
for level in ("level-1", "level-2", "level-3"):
    term(*FINISH, "publish-recall", "2026-11-30T10:00:00", "boundary", f"{level}: working days under order 12", "2026-11-30", level=level)
    term(*FINISH, "publish-recall", "2026-12-01T10:00:00", "boundary", f"{level}: days under order 122", "2026-12-01", level=level)
term(*FINISH, "publish-recall", "2026-09-22", "holiday", "ten working days under order 12 over two holidays", "2026-09-22", level="level-1",
     hand="Sep 23, 24 2, 25 to 27 off, 28 to 30 5, Oct 1 to 7 off, 8, 9, 10 8 (Sat 10 worked), 12, 13 10: 2026-10-13")
term(*FINISH, "go-on", "2026-12-21", "year-end", "ordered to go on: twenty days anew, over the end of the year", "2026-12-18", level="level-2",
     hand="Dec 19 to 31 are 13 days, Jan 7 Thu makes 20: 2027-01-07")
term(*FINISH, "publish-recall", "2026-12-03", "extension", "lengthened to a day with consent", "2026-12-02", level="level-1",
     longer=[("extend 2026-12-10 until 2026-12-31", None)])
PROGRESS = (RECALL, "progress", "recall.food_progress")
term(*PROGRESS, "start-recall", "2026-11-30", "old-rule", "order 12 asks for no report: no end", level="level-1")
for level, hand in (("level-1", "Dec 2 Wed: 2026-12-02"), ("level-2", "Dec 2 1, Sun 6 makes 5, moves to Mon 7: 2026-12-07"), ("level-3", "Dec 2 1, Fri 11 makes 10: 2026-12-11")):
    term(*PROGRESS, "start-recall", "2026-12-01", "level", f"{level}: order 122 asks for one", level=level, hand=hand)
term(*PROGRESS, "report-progress", "2026-12-11", "level", "the next one, from the last", level="level-3",
     hand="Dec 12 1, Mon 21 makes 10: 2026-12-21")
REPORT = (RECALL, "report", "recall.food_report", "end-recall")
term(*REPORT, "2026-11-30", "boundary", "five working days under order 12", "2026-11-30", level="level-1", hand="Dec 1 to 4 4, 7 Mon 5: 2026-12-07")
term(*REPORT, "2026-12-01", "boundary", "five days under order 122", "2026-12-01", level="level-1", hand="Dec 2 1, Sun 6 makes 5, moves to Mon 7: 2026-12-07")
term(*REPORT, "2026-12-08", "boundary", "five days that end on a Sunday", "2026-12-08", level="level-2", hand="Dec 9 1, Sun 13 makes 5, moves to Mon 14: 2026-12-14")

# Penalties.

P = "penalty"
term(P, "verify", "tipoff.verify", "opened", "2026-01-05T10:00:00", "plain", "fifteen working days to decide whether a case is opened", "2026-01-05",
     hand="Jan 6 to 9 4, 12 to 16 9, 19 to 23 14, 26 Mon 15: 2026-01-26")
term(P, "verify", "tipoff.verify", "opened", "2026-01-05T10:00:00", "extension", "thirty with the head's consent", "2026-01-05",
     longer=[("extend-check 2026-01-26", "tipoff.verify_extension")],
     hand="15 with Mon 26 Jan; 27 to 30 4, Feb 2 to 6 9, 9 to 14 15 (Sat 14 worked): 2026-02-14")
term(P, "verify", "tipoff.verify", "opened", "2026-01-05T10:00:00", "suspension", "an appraisal does not count", "2026-01-05", still=["appraisal 2026-01-12..2026-01-21"])
term(P, "jurisdiction", "penalty.jurisdiction_dispute", "dispute-jurisdiction", "2026-12-24", "provisional", "seven working days into 2027")
term(P, "designate", "penalty.jurisdiction_designate", "report-jurisdiction", "2026-04-24", "make-up", "from the day on which the superior has it", "2026-04-27",
     hand="Apr 28, 29, 30 3, May 1 to 5 off, 6, 7, 8 6, 9 Sat worked 7: 2026-05-09")
term(P, "file-on-the-spot", "penalty.simple_file", "decide-on-the-spot", "2026-03-02", "plain", "seven working days")
term(P, "hand-over-cash", "penalty.cash_handover", "collect-cash", "2026-06-18", "holiday", "two working days over Dragon Boat", hand="Jun 19 to 21 off, 22 Mon 1, 23 Tue 2: 2026-06-23")
DECIDE = (P, "decide", "penalty.close", "open-case")
term(*DECIDE, "2026-02-02", "holiday", "ninety days end in Labour Day", hand="Feb 3 to 28 are 26 days, Mar 31 make 57, Apr 30 make 87, May 3 makes 90, off to the 5th, moves to Wed 6: 2026-05-06")
term(*DECIDE, "2026-02-02", "extension", "thirty days are added to the ninety, not to the end of the holiday",
     longer=[("extend-close 2026-04-28", "penalty.close_extension")],
     hand="90 with Sun 3 May, 30 more with Tue 2 June: 2026-06-02")
term(*DECIDE, "2026-02-02", "extension", "and a third time by a meeting, to a day",
     longer=[("extend-close 2026-04-28", "penalty.close_extension"), ("extend-close-again 2026-05-29 until 2026-07-31", None)])
term(*DECIDE, "2026-02-02", "suspension", "suspended over the Spring Festival", still=["suspension 2026-02-03..2026-02-25"],
     hand="Feb 3 1; 4 to 25 do not count; 26 to 28 4, Mar 31 make 35, Apr 30 make 65, May 25 Mon makes 90: 2026-05-25")
term(*DECIDE, "2026-02-02", "suspension", "a hearing and a test, the second within the time that was added",
     still=["hearing 2026-04-10..2026-04-29", "test 2026-05-25..2026-06-05"],
     longer=[("extend-close 2026-05-11", "penalty.close_extension")],
     hand="Feb 26, Mar 31, Apr 10 make 67; Apr 11 to 29 do not count; Apr 30 68, May 22 makes 90; 23 to 25 3; May 26 to Jun 5 do not count; Jun 6 to 30 28, Jul 2 Thu makes 30: 2026-07-02")
term(*DECIDE, "2026-05-06", "suspension", "served by public notice: its days do not count", still=["public-notice 2026-06-01..2026-07-01"])
term(*DECIDE, "2026-05-06", "suspension", "money to be paid back: the days of the order do not count", still=["refund-order 2026-06-01..2026-06-16"])
term(*DECIDE, "2026-05-06", "suspension", "suspended, not resumed", still=["suspension 2026-05-20.."])
term(*DECIDE, "2025-10-10", "year-end", "ninety days over the end of the year", hand="Oct 11 to 31 are 21 days, Nov 30 make 51, Dec 31 make 82, Jan 8 Thu makes 90: 2026-01-08")
term(P, "preserved", "penalty.preserved_evidence", "preserve-evidence", "2026-04-27", "make-up", "seven working days over Labour Day",
     hand="Apr 28, 29, 30 3, May 6 to 8 6, 9 Sat worked 7: 2026-05-09")
term(P, "report-urgent", "penalty.urgent_measure_report", "seize-urgently", "2026-10-03T17:20:00", "hours", "twenty-four hours, on a holiday too",
     hand="2026-10-04 at 17:20")
term(P, "report-urgent", "penalty.urgent_measure_report", "preserve-urgently", "2026-12-31T23:30:00", "hours", "twenty-four hours over the New Year",
     hand="2027-01-01 at 23:30")
SEIZE = (P, "seizure", "seizure.term", "seize")
term(*SEIZE, "2026-04-02", "plain", "thirty days, the end stays on a day off", hand="Apr 3 to 30 are 28 days, May 2 Sat makes 30 and stays: 2026-05-02")
term(*SEIZE, "2026-04-02", "suspension", "a test does not count", still=["test 2026-04-10..2026-04-20"], hand="Apr 3 to 10 8; 11 to 20 do not count; 21 to 30 18, May 12 makes 30: 2026-05-12")
term(*SEIZE, "2026-04-02", "extension", "lengthened by thirty days", longer=[("extend-seizure 2026-04-30", "seizure.extension")], hand="30 with May 2, 30 more with Mon 1 June: 2026-06-01")
term(P, "assistance", "penalty.assist", "request-assistance", "2026-03-02", "plain", "fifteen working days from when the other has it", "2026-03-03")
term(P, "review", "penalty.legal_review", "submit-review", "2026-09-21", "holiday", "ten working days over both holidays", "2026-09-21",
     hand="Sep 22 to 24 3, 28 to 30 6, Oct 8, 9, 10 9 (Sat 10 worked), 12 Mon 10: 2026-10-12")
term(P, "review", "penalty.legal_review", "submit-review", "2026-09-21", "extension", "to a day that the head names", "2026-09-21",
     longer=[("extend-review 2026-10-12 until 2026-10-23", None)])
NOTICE = (P, "notice-by-public-notice", "penalty.serve_public_notice", "publish-notice")
term(*NOTICE, "2022-10-31", "old-rule", "sixty days before order 61", "2022-10-31", hand="Nov 30 days, Dec 30 makes 60, a Friday: 2022-12-30")
term(*NOTICE, "2022-11-01", "new-rule", "thirty days from 1 November 2022", "2022-11-01", hand="Nov 2 to 30 are 29 days, Dec 1 makes 30: 2022-12-01")
term(P, "served-by-public-notice", "penalty.serve_public_notice", "serve-by-public-notice", "2026-08-31", "holiday", "thirty days end on 30 September", "2026-08-31")
term(P, "served-by-public-notice", "penalty.serve_public_notice", "serve-by-public-notice", "2026-09-01", "holiday", "a day later they end on the National Day", "2026-09-01",
     hand="Sep 2 to 30 are 29 days, Oct 1 makes 30, off to the 7th, moves to Thu 8: 2026-10-08")
term(P, "statement", "penalty.statement", "serve-notice", "2026-02-11", "make-up", "five working days", "2026-02-11", hand="Feb 12, 13 2, 14 Sat worked 3, 24 Tue 4, 25 Wed 5: 2026-02-25")
term(P, "statement", "penalty.statement", "deem-notice-served", "2026-07-02T00:00:00", "plain", "after service by public notice")
term(P, "hearing-host", "penalty.hearing_host", "request-hearing", "2026-02-25", "make-up", "three working days", hand="Feb 26, 27 2, 28 Sat worked 3: 2026-02-28")
term(P, "hearing-file", "penalty.hearing_file", "name-host", "2026-02-28", "plain", "three working days from a worked Saturday", hand="Mar 2, 3, 4: 2026-03-04")
term(P, "hearing-schedule", "penalty.hearing_schedule", "hand-file", "2026-03-04", "plain", "five working days")
HEARING = (P, "hearing-notice", "penalty.hearing_notice")
term(*HEARING, "notify-hearing", "2026-06-01", "backward", "seven working days before a hearing on Tuesday 23 June", "2026-06-23",
     hand="back from it: 22 Mon 1, 19 to 21 off, 18 2, 17 3, 16 4, 15 5, 12 6, 11 Thu 7: 2026-06-11")
term(*HEARING, "notify-closed-hearing", "2026-05-06", "backward", "seven working days before, back over Labour Day", "2026-05-12",
     hand="11 Mon 1, 9 Sat worked 2, 8 3, 7 4, 6 5, Apr 30 6, 29 Wed 7: 2026-04-29")
term(P, "hearing-announcement", "penalty.hearing_public_notice", "notify-hearing", "2026-09-10", "backward", "three working days before, back over the National Day", "2026-10-09",
     hand="8 Thu 1, Sep 30 2, 29 Tue 3: 2026-09-29")
term(P, "hearing-announcement", "penalty.hearing_public_notice", "notify-hearing", "2026-01-10", "backward", "back over the Spring Festival", "2026-02-25",
     hand="24 Tue 1, 14 Sat worked 2, 13 Fri 3: 2026-02-13")
term(P, "hearing-report", "penalty.hearing_report", "hold-hearing", "2026-06-16", "holiday", "five working days over Dragon Boat", hand="Jun 17, 18 2, 22, 23, 24 5: 2026-06-24")
term(P, "serve", "penalty.serve", "decide", "2026-12-30", "provisional", "seven working days into 2027", hand="Dec 31 1, Jan 1 off, 4 to 8 6, 11 Mon 7: 2027-01-11")
PAY = (P, "pay", "penalty.pay")
term(*PAY, "serve", "2026-09-18", "holiday", "fifteen days end in the National Day", "2026-09-18", hand="Sep 19 to 30 are 12 days, Oct 3 makes 15, off to the 7th, moves to Thu 8: 2026-10-08")
term(*PAY, "serve", "2026-03-02", "extension", "paid later by consent: to a day", "2026-03-02", longer=[("allow-later 2026-03-12 until 2026-06-30", None)])
term(*PAY, "deem-served", "2026-10-08T23:59:59", "plain", "after service by public notice")
term(P, "demand", "penalty.demand", "demand", "2026-10-28", "plain", "ten working days", "2026-10-27")
term(P, "remedy", "max(reconsideration.apply, litigation.direct)", "serve", "2026-03-31", "maximum", "sixty days and six months: the later, at a month's end", "2026-03-31",
     hand="six months: there is no 31 September, Wed 30; sixty days would be 30 May: 2026-09-30")
term(P, "remedy", "max(reconsideration.apply, litigation.direct)", "serve", "2023-08-31", "maximum", "six months over a year's end", "2023-08-31",
     hand="no sixty days of 2024 yet; there is no 31 February: Thu 29, leap year: 2024-02-29")
ENFORCE = (P, "enforce", "penalty.court_enforcement")
term(*ENFORCE, "end-remedy-term", "2026-10-01T00:00:00", "provisional", "three months from 30 September end on 30 December", "2026-09-30")
term(*ENFORCE, "end-suit-term", "2026-11-30", "provisional", "three months end with February 2027", "2026-11-30")
term(P, "close", "penalty.case_closing_form", "carry-out", "2026-09-30", "holiday", "fifteen working days",
     hand="Oct 8, 9, 10 3 (Sat 10 worked), 12 to 16 8, 19 to 23 13, 26, 27 15: 2026-10-27")
term(P, "publish", "penalty.publish", "decide", "2026-01-29", "holiday", "twenty working days over the Spring Festival",
     hand="Jan 30 1, Feb 2 to 6 6, 9 to 14 12 (Sat 14 worked), 24 to 28 17 (Sat 28 worked), Mar 2, 3, 4 20: 2026-03-04")
term(P, "publish", "penalty.publish", "change-decision", "2026-05-29", "plain", "twenty working days from the changed decision")
term(P, "push", "penalty.publish_push_other_province", "note-registered-elsewhere", "2026-05-06", "make-up", "ten working days from the decision", "2026-04-29")
for suffix in ("", "-closed"):
    term(P, f"publication-minor{suffix}", "penalty.publication_short", "publish-minor", "2025-11-30", "month-end", "three months end with February and stay there", "2025-11-30",
         hand="there is no 30 February: 28: 2026-02-28")
    term(P, f"publication-general{suffix}", "penalty.publication_general", "publish-general", "2026-05-02", "plain", "a year ends on Labour Day's second day and stays", "2026-05-02",
         hand="2 May 2027, a Sunday, stays: 2027-05-02")
    term(P, f"publication-severe{suffix}", "penalty.publication_long", "publish-severe", "2024-02-29", "month-end", "three years from 29 February", "2024-02-29",
         hand="2027 has no 29 February: Sun 28, stays: 2027-02-28")
term(P, "publication-general", "penalty.publication_general", "publish-general", "2025-12-24", "old-rule", "before order 108 there is no general class: no end", "2025-12-24")
term(P, "publication-severe", "penalty.publication_long", "publish-severe", "2025-12-24", "old-rule", "every penalty above a low fine, Art. 13", "2025-12-24")
term(P, "publication-severe", "penalty.publication_long", "publish-severe", "2025-12-25", "new-rule", "severe penalties, Art. 14", "2025-12-25",
     longer=[("extend-publication 2026-02-02 until 2030-06-30", None)])
term(P, "withdraw-publication", "penalty.publish_withdraw", "revoke", "2026-04-03", "holiday", "three working days over Qingming", hand="Apr 4 to 6 off, 7, 8, 9: 2026-04-09")
term(P, "reply-reconsideration", "reconsideration.reply", "receive-reconsideration", "2026-06-11", "holiday", "ten working days", "2026-06-11")
term(P, "reconsideration", "reconsideration.decide", "receive-reconsideration", "2026-03-06", "plain", "sixty days from acceptance", "2026-03-05", hand="Mar 6 to 31 are 26 days, Apr 30 make 56, May 4 makes 60, off to the 5th, moves to Wed 6: 2026-05-06")
term(P, "reconsideration", "reconsideration.decide", "receive-reconsideration", "2026-03-06", "extension", "and thirty more", "2026-03-05",
     longer=[("extend-reconsideration 2026-04-29", "reconsideration.decide_extension")], hand="60 with Mon 4 May, 30 more with Wed 3 June: 2026-06-03")
term(P, "suit-after-reconsideration", "litigation.after_reconsideration", "uphold-in-reconsideration", "2026-06-05", "holiday", "fifteen days end on Dragon Boat", "2026-06-05",
     hand="Jun 6 1, Sat 20 makes 15, off to Sun 21, moves to Mon 22: 2026-06-22")
term(P, "defend", "litigation.defence", "receive-suit", "2026-07-01", "plain", "fifteen days", "2026-06-30")
term(P, "appeal", "litigation.appeal", "uphold-in-court", "2026-12-18", "provisional", "fifteen days end on a Saturday of 2027", "2026-12-18", hand="Dec 19 1, Sat 2 Jan makes 15, moves to Mon 4: 2027-01-04")

# Credit repair: the measures of 2021 to 2025-12-24, order 107 from 2025-12-25.

R = "repair"
term(R, "accept", "repair.accept", "opened", "2025-12-24", "old-rule", "two working days under the measures of 2021", hand="Dec 25, 26: 2025-12-26")
term(R, "accept", "repair.accept", "opened", "2026-02-13", "new-rule", "two working days under order 107, over the Spring Festival", hand="Feb 14 Sat worked 1, 24 Tue 2: 2026-02-24")
term(R, "accept", "repair.accept", "give-papers", "2026-02-27", "make-up", "anew with the papers that were missing", hand="Feb 28 Sat worked 1, Mar 2 Mon 2: 2026-03-02")
WAIT = (R, "least-general", "repair.publish_before", "confirm-general")
term(*WAIT, "2026-02-02", "old-rule", "published before order 107: six months", "2025-12-24", hand="six months from 24 December: 2026-06-24")
term(*WAIT, "2026-02-02", "new-rule", "published a day later: three months", "2025-12-25", hand="three months from 25 December: 2026-03-25")
term(*WAIT, "2026-02-02", "month-end", "three months from 31 January", "2026-01-31", hand="there is no 31 April: 30: 2026-04-30")
term(R, "least-severe", "repair.publish_before_special", "confirm-severe", "2026-02-02", "new-rule", "a year for severe penalties", "2026-02-02")
term(R, "least-severe", "repair.publish_before_special", "confirm-severe", "2025-03-03", "old-rule", "a year from a leap day", "2024-02-29", hand="2025 has no 29 February: 28: 2025-02-28")
GRANT = (R, "decide", "repair.decide")
term(*GRANT, "accept", "2025-12-24", "old-rule", "accepted before order 107: fifteen working days",
     hand="Dec 25, 26 2, 29 to 31 5, Jan 4 Sun worked 6, 5 to 9 11, 12 to 15 15: 2026-01-15")
term(*GRANT, "accept", "2025-12-25", "new-rule", "accepted a day later: seven working days",
     hand="Dec 26 1, 29 to 31 4, Jan 4 Sun worked 5, 5, 6 7: 2026-01-06")
term(*GRANT, "accept", "2026-04-27", "extension", "ten more working days", longer=[("extend 2026-05-08", "repair.decide_extension")],
     hand="Apr 28, 29, 30 3, May 6, 7, 8 6, 9 Sat worked 7; 11 to 15 5, 18 to 22 10: 2026-05-22")
term(*GRANT, "undo-refusal", "2026-06-16", "holiday", "anew after a refusal was undone")
term(R, "temporary", "repair.temporary_reorganisation", "take-as-temporary", "2026-05-12", "plain", "seven working days from the application", "2026-05-11", hand="May 12 to 15 4, 18, 19, 20 7: 2026-05-20")
term(R, "temporary", "repair.temporary_reorganisation", "take-as-temporary", "2025-12-22", "old-rule", "the measures of 2021 know none: no end", "2025-12-22")
term(R, "carry-out", "repair.carry_out", "grant", "2026-04-30", "holiday", "three working days over Labour Day", hand="May 6, 7, 8: 2026-05-08")
term(R, "push", "repair.push_other_province", "grant", "2026-09-29", "holiday", "three working days over the National Day", hand="Sep 30 1, Oct 8 2, 9 3: 2026-10-09")
term(R, "fraud-ban", "repair.fraud_ban", "revoke-for-fraud", "2026-03-01", "plain", "three years, the end stays", hand="1 March 2029: 2029-03-01")

if __name__ == "__main__":
    with open(ROOT / "testdata/law/terms.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(ROWS)
    counted = sum(1 for row in ROWS if row["hand"])
    print(f"{len(ROWS)} terms, {counted} of them counted by hand")

from datetime import date, time, datetime, timedelta, timezone, UTC, MINYEAR, MAXYEAR
def attempt(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__ + ":", e)
d, t, dt, td = date(2024, 2, 29), time(13, 5, 7, 250000), datetime(2024, 2, 29, 13, 5, 7, 250000), timedelta(days=1, hours=2, microseconds=3)
print(d, repr(d), t, repr(t), dt, repr(dt), td, repr(td), str(timedelta(-1)), str(timedelta(hours=-5)), repr(timedelta()), timedelta(weeks=1, milliseconds=1500), repr(timedelta(microseconds=-1)))
print(d.year, d.month, d.day, d.weekday(), d.isoweekday(), d.isocalendar(), d.toordinal(), date.fromordinal(1), d.isoformat(), d.ctime(), d.timetuple()[:8], date.fromisoformat("2024-W09-4"), date.fromisocalendar(2024, 1, 1), d.replace(year=2023, day=1), date.min, date.max, date.resolution, date.strptime("2024-03-01", "%Y-%m-%d") if hasattr(date, "strptime") else date(2024, 3, 1))
print(dt.date(), dt.time(), dt.isoformat(), dt.isoformat(" ", "minutes"), dt.isoformat(timespec="milliseconds"), dt.ctime(), dt.replace(hour=0, microsecond=0), datetime.combine(d, t), datetime.fromisoformat("2024-01-02T03:04:05.678901+02:30"), datetime.fromisoformat("20240102T030405Z"), datetime.fromisoformat("2024-01-02 03"), datetime.min, datetime.max, dt.timetz(), dt.toordinal(), dt.fold)
for f in ("%Y-%m-%d %H:%M:%S.%f", "%a %A %b %B %d %j %U %W %w %y %p %I %%", "%c|%x|%X", "%G-W%V-%u", "%Z|%z|", "no format", "%s" if False else "%e" if False else "%D", "é %Y 日"): print(dt.strftime(f), f"{dt:%d/%m/%y}", end="; ")
print()
print(d + td, d - td, d - date(2024, 1, 1), dt + timedelta(days=1), dt - datetime(2024, 1, 1), td * 2, td / 2, td // timedelta(hours=1), td % timedelta(hours=5), divmod(td, timedelta(hours=5)), -td, abs(-td), td * 1.5, td / timedelta(days=1), td + timedelta(1), td.total_seconds(), td.days, td.seconds, td.microseconds, 3 * td, td // 7, bool(timedelta()), sum([td, td], timedelta()))
print(d < date(2025, 1, 1), d == date(2024, 2, 29), dt > datetime(2000, 1, 1), t < time(14), td > timedelta(), d == dt.date(), d != 5, hash(d) == hash(date(2024, 2, 29)), hash(td) == hash(timedelta(days=1, hours=2, microseconds=3)), dt == d, {d: 1}[date(2024, 2, 29)], max(d, date.max), sorted([timedelta(2), timedelta(1)]))
tz, tz2 = timezone(timedelta(hours=2)), timezone(timedelta(hours=-5, minutes=-30), "NAME")
a = datetime(2024, 6, 1, 12, tzinfo=tz)
print(a, repr(a), a.utcoffset(), a.tzname(), a.dst(), a.astimezone(UTC), a.astimezone(tz2), a == datetime(2024, 6, 1, 10, tzinfo=UTC), a - datetime(2024, 6, 1, tzinfo=UTC), a.timestamp(), a.isoformat(), a.utctimetuple()[:6], datetime.fromtimestamp(0, UTC), datetime.fromtimestamp(1.5, tz), tz, repr(tz), tz2, repr(tz2), UTC, repr(timezone.utc), timezone.min, tz == timezone(timedelta(hours=2)), tz.utcoffset(None), time(1, tzinfo=tz), time(1, tzinfo=tz).utcoffset(), hash(a) == hash(a.astimezone(UTC)), a.strftime("%z %Z %:z"), datetime(1970, 1, 1, tzinfo=UTC).timestamp(), datetime.fromtimestamp(-1.25, UTC), datetime.fromtimestamp(1e9, UTC))
for f in (lambda: date(2023, 2, 29), lambda: date(0, 1, 1), lambda: date(2024, 13, 1), lambda: date("x"), lambda: date(2024), lambda: time(24), lambda: time(1, 60), lambda: time(1, 1, 1, 10 ** 6), lambda: datetime(2024, 1, 1, 25), lambda: datetime(2024, 1, 1, tzinfo=5), lambda: timedelta(days=10 ** 9), lambda: timedelta("x"), lambda: date.fromisoformat("bad"), lambda: datetime.fromisoformat("2024-13-01"), lambda: time.fromisoformat("25:00"), lambda: datetime.strptime("x", "%Y"), lambda: datetime.strptime("2024 extra", "%Y"), lambda: datetime.strptime("2024", "%Q"), lambda: d + 5, lambda: d + d, lambda: d < 5, lambda: dt < d, lambda: dt < a, lambda: dt - a, lambda: td / 0, lambda: td // timedelta(), lambda: date.max + timedelta(1), lambda: date.min - timedelta(1), lambda: timezone(timedelta(hours=25)), lambda: timezone(5), lambda: datetime.fromtimestamp(1e20, UTC), lambda: datetime.fromtimestamp(float("nan"), UTC), lambda: date.fromordinal(0), lambda: date.fromisocalendar(2023, 53, 1), lambda: dt.replace(month=0), lambda: time(1) - time(2), lambda: setattr(d, "year", 1), lambda: td * td, lambda: td * "a", lambda: td + 1, lambda: d.isoformat(1), lambda: dt.isoformat(timespec="x"), lambda: datetime.combine(1, 2), lambda: a.astimezone(5), lambda: d.strftime(5)): attempt(f)
for s, f in (("2024-02-29 13:05:07.25", "%Y-%m-%d %H:%M:%S.%f"), ("29 Feb 24", "%d %b %y"), ("Thursday 1 pm", "%A %I %p"), ("060 2024", "%j %Y"), ("+0230", "%z"), ("2024-W09-4", "%G-W%V-%u"), ("12/31/99", "%D" if False else "%m/%d/%y"), ("UTC", "%Z"), ("  5", " %d"), ("1999-1-1T1:2:3", "%Y-%m-%dT%H:%M:%S"), ("Z", "%z")): attempt(lambda: datetime.strptime(s, f))
import pickle, copy
for x in (d, t, dt, td, a, tz, UTC): assert pickle.loads(pickle.dumps(x)) == x and copy.deepcopy(x) == x
class MyD(date):
    def hello(self): return "hello"
class MyDT(datetime): pass
print(MyD(2024, 1, 1).hello(), type(MyD(2024, 1, 1) + timedelta(1)).__name__, MyD.today().__class__.__name__, type(MyDT(2024, 1, 1).replace(year=2025)).__name__, type(MyDT.fromisoformat("2024-01-01")).__name__, isinstance(dt, date), repr(MyD(1, 2, 3)))
from datetime import tzinfo
class Zone(tzinfo):
    def utcoffset(self, dt): return timedelta(hours=1) + self.dst(dt)
    def dst(self, dt): return timedelta(hours=1) if dt is not None and 4 <= dt.month < 10 else timedelta()
    def tzname(self, dt): return "SUM" if self.dst(dt) else "WIN"
z = Zone()
w, s = datetime(2024, 1, 1, 12, tzinfo=z), datetime(2024, 7, 1, 12, tzinfo=z)
print(w.utcoffset(), s.utcoffset(), s.tzname(), s - w, s.astimezone(UTC), datetime(2024, 7, 1, tzinfo=UTC).astimezone(z), w.timetuple().tm_isdst, s.timetuple().tm_isdst, repr(w)[:30])
class BadZone(tzinfo):
    def utcoffset(self, dt): return 5
attempt(lambda: datetime(2024, 1, 1, tzinfo=BadZone()).utcoffset())
attempt(lambda: tzinfo().utcoffset(None))
print([(date(2024, 1, 1) + timedelta(days=i)).isocalendar()[1] for i in range(0, 366, 60)], [date(y, 1, 1).isocalendar()[:2] for y in range(2018, 2026)], sum(date(y, 12, 31).timetuple().tm_yday == 366 for y in range(1900, 2101)), date(1, 1, 1).weekday(), date(9999, 12, 31).toordinal(), (date(2100, 1, 1) - date(1900, 1, 1)).days)
import time as tm, calendar
print(tm.strftime("%Y-%m-%d", tm.gmtime(0)), tm.gmtime(86400)[:6], tm.mktime(tm.strptime("1970-01-02", "%Y-%m-%d")), calendar.timegm((1970, 1, 2, 0, 0, 0)), tm.struct_time(range(9)), calendar.monthrange(2024, 2), calendar.isleap(2100), tm.asctime(tm.gmtime(0)), tm.monotonic() <= tm.monotonic(), tm.perf_counter_ns() > 0, type(tm.time_ns()).__name__)
print(calendar.month(2024, 2))
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError
try:
    b = ZoneInfo("Europe/Berlin")
    for m in (1, 7): x = datetime(2024, m, 1, 12, tzinfo=b); print(x.isoformat(), x.tzname(), x.astimezone(UTC).hour)
    print(datetime(2024, 10, 27, 2, 30, tzinfo=b).utcoffset(), datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=b).utcoffset(), b.key, ZoneInfo("Europe/Berlin") is b, datetime(2024, 3, 31, 1, tzinfo=UTC).astimezone(b))
except ZoneInfoNotFoundError: print("no zone data on this machine")

"""Dates: time zones, intervals, calendars, formats."""

import calendar
import time
import zoneinfo
from datetime import date, datetime, time as day_time, timedelta, timezone

meetings = [datetime(2026, 1, 31, 9, 30, tzinfo=timezone.utc) + timedelta(weeks=i, hours=i) for i in range(12)]
rome = zoneinfo.ZoneInfo("Europe/Rome")
for at in meetings[:4]:
    local = at.astimezone(rome)
    print(local.isoformat(timespec="minutes"), local.tzname(), local.utcoffset(), local.weekday(), local.strftime("%a %d.%m.%Y %H:%M"))
print(sorted(meetings, reverse=True)[0].date(), sum((b - a for a, b in zip(meetings, meetings[1:])), timedelta()), max(meetings).timestamp())
print(date.fromisoformat("2026-02-28") + timedelta(days=2), date(2026, 12, 28).isocalendar(), datetime.fromisoformat("2026-03-01T10:00:00+02:00"), datetime.strptime("3 Mar 2026", "%d %b %Y"), day_time(10, 5).replace(minute=7))
print(calendar.monthrange(2028, 2), calendar.isleap(2000), calendar.month(2026, 3).splitlines()[0], timedelta(hours=30, microseconds=5), divmod(timedelta(days=1), timedelta(hours=7)), timedelta(days=1) / 2, -timedelta(1))
print(time.strftime("%Y-%m-%d", time.gmtime(0)), time.localtime().tm_year > 2000, repr(meetings[0]), meetings[0] < meetings[1], hash(meetings[0]) == hash(meetings[0]), meetings[0].replace(tzinfo=None), date.today() <= datetime.now().date())

# Dates, times, zones.
import copy
import pickle
from datetime import *

moment = datetime(2024, 2, 29, 12, 30, 45, 678901, tzinfo=timezone(timedelta(hours=-3.5)))
print(moment, repr(moment), moment.isoformat(" ", "milliseconds"), moment.astimezone(UTC))
print(moment.strftime("%Y-%j %H:%M:%S.%f %z %:z %Z %G-W%V-%u %%"), f"{moment:%d.%m.%y}")
print(moment.timetuple(), moment.utctimetuple()[:6], moment.timestamp())
for text in ("2024-02-29", "20240229T1230", "2024-W09-4", "2024-02-29 12:30:45.5+05:30", "2024-02-29T24:00"):
    print(text, datetime.fromisoformat(text))
for bad in ("2023-02-29", "2024-02-29T25:00", "x", "2024-W54-1"):
    try:
        print(datetime.fromisoformat(bad))
    except ValueError as error:
        print(error)
span = timedelta(days=1, seconds=-1, microseconds=1)
print(span, -span, abs(-span), span * 1.5, span / 7, span // timedelta(minutes=7), divmod(span, timedelta(hours=5)))
print(timedelta(weeks=1, hours=0.5, milliseconds=1.5), timedelta.max, timedelta.min.total_seconds())
print(date.max - date.min, date(2024, 1, 31) + timedelta(30), date(2026, 1, 1).isocalendar())
print(time(23, 59, fold=1), time.fromisoformat("T10:20:30,123Z"), time(1) < time(2))
for value in (moment, moment.date(), moment.timetz(), span, UTC, moment.replace(fold=1)):
    assert pickle.loads(pickle.dumps(value)) == value and copy.deepcopy(value) == value
    print(value.__reduce__()[1])
print(hash(datetime(2024, 1, 1, tzinfo=UTC)) == hash(datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))))
for bad in (lambda: date(2024, 13, 1), lambda: datetime.now() < moment, lambda: date.max + timedelta(1), lambda: timezone(timedelta(1))):
    try:
        bad()
    except (ValueError, TypeError, OverflowError) as error:
        print(type(error).__name__, error)


class Stamp(datetime):
    pass


print(type(Stamp(2024, 1, 1) + timedelta(1)).__name__, Stamp.fromisoformat("2024-01-01"), repr(Stamp(2024, 1, 1)))

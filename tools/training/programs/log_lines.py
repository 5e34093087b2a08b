"""What a log says, found with regular expressions."""

import collections
import re
from datetime import datetime, timedelta

LINE = re.compile(
    r"(?P<host>\S+) - (?P<user>\w+|-) \[(?P<time>[^\]]+)\] "
    r'"(?P<method>GET|POST|HEAD) (?P<path>[^ ?"]*)(?:\?(?P<query>[^ "]*))? HTTP/\d\.\d" (?P<status>\d{3}) (?P<size>\d+|-)'
)
log = "\n".join(
    f'10.0.0.{i % 7} - {"-" if i % 2 else "eve"} [01/Mar/2026:10:{i % 60:02}:07 +0000] "GET /page/{i % 5}?q={i} HTTP/1.1" {200 if i % 3 else 404} {i * 37}'
    for i in range(60)
)
hosts, size, times = collections.Counter(), 0, []
for match in LINE.finditer(log):
    hosts[match["host"]] += 1
    size += int(match["size"]) if match["size"].isdigit() else 0
    times.append(datetime.strptime(match["time"], "%d/%b/%Y:%H:%M:%S %z"))
    fields = match.groupdict(default="")
print(hosts.most_common(3), size, max(times) - min(times) > timedelta(minutes=5), times[0].isoformat(), f"{times[0]:%A %d %B}")
print(re.sub(r"(\d+)\.(\d+)", lambda m: m[2] + "/" + m[1], "1.5 and 2.25"), re.split(r"[,;]\s*", "a, b;c"), re.findall(r"(?i)\bthe\b", "The then the"))
print(re.fullmatch(r"(a|b)*?c{2,3}(?=d|$)", "ababcc"), re.search(r"(?<!x)y", "xy y").span(), re.escape("a.b*"))
try:
    re.compile("(")
except re.error as error:
    print(error)

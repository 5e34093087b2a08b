"""A table out of comma-separated values, by the command line."""

import argparse
import collections
import csv
import io
import statistics
import sys
import textwrap

TABLE = "name,city,amount\n" + "".join(f'"N, {i}",{"Rome Oslo Bern".split()[i % 3]},{i * 1.25}\n' for i in range(30))

parser = argparse.ArgumentParser(prog="report", description="Sums of a table.")
parser.add_argument("column", choices=["amount"], help="what to sum")
parser.add_argument("-v", "--verbose", action="store_true")
parser.add_argument("--limit", type=int, default=10, metavar="N")
commands = parser.add_argument_group("more")
commands.add_argument("--by", nargs="+", default=["city"])
options = parser.parse_args(["amount", "--limit", "5", "-v", "--by", "city", "name"])
groups = collections.defaultdict(list)
for row in csv.DictReader(io.StringIO(TABLE)):
    groups[row[options.by[0]]].append(float(row[options.column]))
width = max(map(len, groups))
for city, amounts in sorted(groups.items(), key=lambda item: -sum(item[1])):
    print(f"{city:<{width}} {sum(amounts):>10.2f} {statistics.mean(amounts):8.3f} {statistics.median(amounts):e} {len(amounts):03d}")
print(textwrap.dedent("    text\n      more").title(), textwrap.shorten("word " * 20, 30), parser.format_help()[:20])
output = csv.writer(sys.stdout, delimiter="\t", quoting=csv.QUOTE_MINIMAL)
output.writerow(["a b", 'q"q', None, 1.5])
try:
    parser.parse_args(["--limit", "x"])
except SystemExit as error:
    print(error.code)

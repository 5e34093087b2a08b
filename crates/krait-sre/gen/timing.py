"""Times the reference CPython and writes what `examples/sre_timing.rs` needs to do the same.

    python3.14 crates/krait-sre/gen/timing.py /tmp/timing.txt
    cargo run --release -p krait-sre --example sre_timing /tmp/timing.txt
"""

import random
import re
import re._compiler
import re._parser
import sys
import timeit

rng = random.Random(1)
WORDS = [" the", " quick", " Brown", " fox42", " jumps,", " over.", " lazy_dog", " a", " 2024-11-22", " x@y.org", "\n"]
TEXT = "".join(rng.choice(WORDS) for _ in range(20000))
LOG = '127.0.0.1 - - [22/Nov/2024:10:00:00 +0000] "GET /index.html?a=1&b=2 HTTP/1.1" 200 1234 "-" "Mozilla/5.0 (X11)"'
TEMPLATE = "<div class='a'>{{ name|upper }} text {% if x %} more {# c #} &amp; <b>bold</b> {% endif %}</div>\n" * 200

CASES = [
    ("findall words", r"\w+", TEXT, "i"),
    ("findall literal", r"lazy_dog", TEXT, "i"),
    ("findall date", r"(\d{4})-(\d\d)-(\d\d)", TEXT, "i"),
    ("findall alternatives", r"fox\d+|jumps|over", TEXT, "i"),
    ("findall email", r"[\w.]+@[\w.]+\.\w+", TEXT, "i"),
    ("findall ignore case", r"(?i)brown\b", TEXT, "i"),
    ("findall lines", r"(?m)^.*fox.*$", TEXT, "i"),
    ("findall wide", r"\w+", TEXT + "\u0416", "i"),
    ("findall set", r"[^a-z\s]+", TEXT, "i"),
    ("search fails", r"zebra|giraffe|lion", TEXT, "s"),
    ("search .*x fails", r".*zebra", TEXT[:2000], "s"),
    ("match log line", r'(\S+) (\S+) (\S+) \[([\w:/]+\s[+\-]\d{4})\] "(\S+) (\S+)\s*(\S*)" (\d{3}) (\S+)', LOG, "m"),
    ("match short", r"(\w+)=(\w+)", "key=value", "m"),
    ("fullmatch path", r"articles/(?P<year>[0-9]{4})/(?P<slug>[-a-zA-Z0-9_]+)/", "articles/2024/some-long-slug/", "f"),
    ("template tags", r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})", TEMPLATE, "i"),
    ("json string", r'"(?:[^"\\]|\\.)*"', '"' + r"some text with \"escapes\" and more " * 20 + '"', "m"),
    ("group loop", r"(?:(\w+)\s*)*", TEXT[:500], "m"),
    ("nested loop", r"(?:(?:a|b)+c)*d", "ababcbbac" * 100 + "d", "m"),
    ("html entities", r"&(?:[a-zA-Z]+|#\d+);", TEMPLATE, "i"),
    ("lookaround", r"(?<=\s)\w+(?=,)", TEXT, "i"),
]

with open(sys.argv[1], "w") as out:
    for name, pattern, text, operation in CASES:
        compiled = re.compile(pattern)
        parsed = re._parser.parse(pattern)
        code = re._compiler._code(parsed, 0)
        call = {
            "i": lambda: [None for _ in compiled.finditer(text)],
            "s": lambda: compiled.search(text),
            "m": lambda: compiled.match(text),
            "f": lambda: compiled.fullmatch(text),
        }[operation]
        timer = timeit.Timer(call)
        count, _ = timer.autorange()
        best = min(timer.repeat(3, max(1, count // 4))) / max(1, count // 4)
        fields = [name, operation, "%.0f" % (best * 1e9), str(compiled.groups)]
        fields.append(" ".join("%x" % word for word in code))
        fields.append(" ".join("%x" % ord(ch) for ch in text))
        print("|".join(fields), file=out)

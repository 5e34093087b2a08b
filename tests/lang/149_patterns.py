"""The code of regular expressions is the one that the library's parser and compiler make,
also where a pattern is translated without them."""

import hashlib
import random
import re
import re._compiler as compiler
import re._parser as parser
import warnings

import _sre

warnings.simplefilter("error")

PARTS = [
    "a", "b", "ab", "K", "k", "s", "S", "\u017f", "\u212a", "\u0130", "\u00df", "\u1e9e", "\u00e9",
    "\u042f", "\U00010400", "\udc80", ".", "^", "$", " ", "\n", "#", "-", "0", "1", "]", "}",
    r"\b", r"\B", r"\A", r"\Z", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\n", r"\x41",
    r"\u0041", r"\U00010400", r"\0", r"\01", r"\1", r"\2", r"\12", r"\123", r"\377", r"\400",
    r"\(", r"\-", r"\q", r"\N{DIGIT ONE}", "{", "{}", "{2}", "{,3}", "{1,}", "{1,2}", "{3,1}",
    "{99999999999}", "(?:", "(", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?P<n>", "(?P<\u00b5>",
    "(?P<1>", "(?P=n)", "(?(1)", "(?(n)", "(?(9)", "(?i)", "(?x)", "(?a)", "(?u)", "(?L)", "(?i:",
    "(?-i:", "(?s-m:", "(?a:", "(?ix-s:", "(?-a:", "(?)", "(?#c)", "(?#", "(?", "|", "|", "|", ")",
    ")", ")", "*", "+", "?", "*?", "++", "[abc]", "[^abc]", "[a-z]", r"[\w\W]", r"[^\s\S]",
    r"[\d_]", "[a]", "[^a]", "[]a]", "[^]a]", "[a-]", "[-a]", r"[\w-]", r"[a-\d]", "[z-a]",
    "[a-zA-Z0-9_]", "[acegikmoqsuwy]", "[\u0400-\u04ff]", "[a\u0100c\u0300e\u0500]",
    "[\U00010000-\U0010ffff]", "[a-\U00010450]", r"[\x00-\x1f]", r"[\b]", r"[\0-\7]", r"[\777]",
    r"[\8]", "[a&&b]", "[[a]", "[a--b]", "[\u00b5\u00e5]", "[K-k]", "[", "\\", "foobar", "abab",
    "aabaa", "(?:a|b)", "(?:ab|ac)", "(?:a|b|[cd])", "(a|ab|abc)", "((a))", "(?:(?i:a)b)",
]
FLAGS = [0, 0, 0, re.I, re.M, re.S, re.X, re.A, re.I | re.A, re.I | re.M, re.L, re.I | re.L,
         re.U, re.A | re.U]


def by_library(pattern, flags):
    try:
        tree = parser.parse(pattern, flags)
        code = [int(word) for word in compiler._code(tree, flags)]
    except (re.PatternError, ValueError, OverflowError, Warning) as error:
        return f"{type(error).__name__}: {error}"
    state = tree.state
    names = [None] * state.groups
    for name, number in state.groupdict.items():
        names[number] = name
    return flags | state.flags, code, state.groups - 1, state.groupdict, tuple(names)


def checked(pattern, flags, counts, digest):
    expected = by_library(pattern, flags)
    digest.update(repr(expected).encode("utf-8", "backslashreplace"))
    is_wrong = isinstance(expected, str)
    counts["wrong" if is_wrong else "right"] += 1
    found = translate(pattern, flags)
    if found is not None:
        counts["translated"] += 1
        if found != expected or list(found[3]) != list(expected[3]):
            print("different:", ascii(pattern), flags, found, expected)
    # The whole way, errors and warnings included.
    try:
        compiled = compiler.compile(pattern, flags)
    except (re.PatternError, ValueError, OverflowError, Warning) as error:
        assert f"{type(error).__name__}: {error}" == expected or not is_wrong, (pattern, error)
    else:
        assert not is_wrong, pattern
        assert compiled.flags == expected[0] and compiled.groups == expected[2], pattern
        assert compiled.groupindex == expected[3], pattern


# (CPython has no other way.)
translate = getattr(_sre, "translate", by_library)
random = random.Random(1)
counts = dict.fromkeys(["right", "wrong", "translated"], 0)
digest = hashlib.sha256()
for _ in range(1200):
    pattern = "".join(random.choices(PARTS, k=random.randrange(1, 8)))
    missing = pattern.count("(") - pattern.count(")")
    pattern += ")" * max(missing, 0)
    flags = int(random.choice(FLAGS))
    checked(pattern, flags, counts, digest)
    if pattern.isascii():
        checked(pattern.encode(), flags, counts, digest)
print(counts["right"], counts["wrong"], digest.hexdigest()[:32])
print(counts["translated"] > counts["right"] * 0.9)

# What is left to the library, and what only looks like it.
for pattern in ["a" * 5000, "(" * 90 + ")" * 90, "(" * 150 + "x" + ")" * 150, "|".join("abc" * 900),
                "[" + "".join(map(chr, range(0x100, 0x4000, 3))) + "]", "(?:" * 99 + ")*" * 99]:
    checked(pattern, 0, counts, digest)
    checked(pattern, int(re.I), counts, digest)
print(counts["right"], digest.hexdigest()[:32])


class Text(str):
    pass


print(re.compile(Text("a+")).pattern.__class__.__name__, re.compile(b"\xff").match(b"\xff").span())
for arguments in [("(",), ("a**",), (b"[a-",), ("(?P<a>x)(?P<a>y)",), ("\\",), (1,), ("a", "b")]:
    try:
        re.compile(*arguments)
    except Exception as error:
        print(type(error).__name__, error)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    re.compile("[[a]")
print([(str(w.message), w.filename == __file__, w.lineno) for w in caught])
re.compile("(a)|b", re.DEBUG)

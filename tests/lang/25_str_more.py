def attempt(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except Exception as e:
        print(type(e).__name__ + ":", e)
for s in ("", "a", "A", "1", "²", "½", "Ⅷ", "ǅ", "é", "日", "_", " ", "\t", "\x1c", "\u2028", "\xa0", "٣", "ß", "İ", "ŉ", "\U0001D7D8", "\ud800", "\U0010FFFF", "·", "ª", "abc1", "Hello World", "hello_1", "\u0301", "\xad"):
    print(ascii(s), "".join(str(int(getattr(s, m)())) for m in ("isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper")), ascii(s.upper()), ascii(s.lower()), ascii(s.title()), ascii(s.swapcase()), ascii(s.casefold()), ascii(s.capitalize()), ascii(repr(s)))
print("ΣΑΣ".lower(), "ΑΣ Σ".lower(), "ῼ".upper(), "ŉ".upper(), "ﬃ".title(), "they're bill's".title(), "ǆ".capitalize(), "o'neil mc-donald".title(), "x1y a".title())
for sep in (None, " ", "a", "ab"):
    for s in ("", " ", " a b ", "aab ab", "ababab", "\u2003x\u2003"):
        print(sep, ascii(s), s.split(sep), s.rsplit(sep), s.split(sep, 1), s.rsplit(sep, 1), s.split(sep, 0))
print("a\nb\r\nc\rd\x0be\x0cf\x1cg\x85h\u2028i".splitlines(), "a\n\nb\n".splitlines(), "a\n\nb\n".splitlines(keepends=True), "\n".splitlines(), "".splitlines())
print("abcabc".find("c"), "abcabc".find("c", 3), "abcabc".find("c", -3, -1), "abcabc".rfind("abc"), "abc".find("", 3), "abc".find("", 4), "abc".rfind(""), "".find(""), "aaa".count(""), "aaa".count("a", 1), "aXbX日X".count("X"), "x" * 1000 + "needle" in "x" * 1000 + "needle", ("ab" * 500 + "c").find("abc"), "日本日本".rindex("日"))
print("aXbXc".replace("X", ""), "aXbXc".replace("X", "日", 1), "aaa".replace("aa", "b"), "abc".replace("", "-"), "abc".replace("", "-", 2), "".replace("", "x"), "abc".replace("b", "b"), "a.b.c".replace(".", "::", -1), "aaa".replace("a", "", count=2))
print("xxabcxx".strip("x"), "abc".strip("abc"), " \t\n\u3000a\u3000".strip(), "xyzabczyx".lstrip("xyz"), "abc".rstrip("c"), "".strip(), "日a日".strip("日"), "aXa".strip("aX"))
print("a".center(4) + "|", "a".center(5, "日"), "ab".center(5, "-"), "ab".center(1), "a".ljust(3, "é"), "+5".zfill(4), "--5".zfill(6), "".zfill(2), "é".zfill(3))
print("01\t012\t0123\t01234".expandtabs(), "01\t012".expandtabs(4), "\ta".expandtabs(0), "a\n\tb".expandtabs(2))
print("abc".translate({ord("a"): "xyz", ord("b"): None, ord("c"): ord("d")}), "abc".translate(str.maketrans("abc", "xyz")), "abc".translate(str.maketrans({"a": 1, "b": "日"})) == "\x01日c", str.maketrans("a", "b", "c"), "aé日".translate({0xE9: "e"}))
print("a,b;c".partition(","), "a".rpartition(","), "a::b::c".rpartition("::"), "éabc".encode("utf-16-le"), "é".encode("utf-8"), "日".encode("utf-32-be"), "a".encode("utf-16") == b"\xff\xfea\x00", "é€".encode("cp1252"), "ñ".encode("ascii", "xmlcharrefreplace"), "ñ日".encode("ascii", "backslashreplace"), "ñ".encode("ascii", "namereplace"), "ñx".encode("ascii", "ignore"), "\ud800".encode("utf-8", "surrogatepass"), "\udc80".encode("utf-8", "surrogateescape"))
for e in ("ascii", "latin-1", "utf-8", "cp1252", "utf-16"):
    attempt("a\u20ac\ud800b".encode, e)
attempt("a".encode, "nope")
attempt("a".encode, "utf-8", "nope")
attempt("é".encode, "ascii", "nope")
attempt("\0".encode, "idna\0")
print("".join(chr(c) for c in (65, 0x3b1, 0x65e5, 0x1F600)), len("".join(chr(c) for c in (65, 0x3b1, 0x65e5, 0x1F600))), "\N{GREEK SMALL LETTER ALPHA}", "\u0041", "\x41\101\7".encode(), "a\
b", "\q" if False else "", "é" == "e\u0301", "\z" if False else "")
x = "abc"
print(x[1:2], x[-2:], x[::-1], x[5:], x * 0, x * -1, x + "", ("日" + x)[1:] == x, x[0] is x[0], hash("a" + "b") == hash("ab"), "ab" "c" == x, x.__contains__("b"), x.__getitem__(slice(0, 2)), x.__len__(), x.__add__("d"), x.__mul__(2), x.__rmul__(2), x.__mod__(()), x.__eq__(1), x.__lt__("b"), x.__getnewargs__(), x.__sizeof__() > 3)
for f in (lambda: x[3], lambda: x["a"], lambda: x[1.0], lambda: x.__getitem__(None), lambda: x + None, lambda: x * "a", lambda: x * 1.5, lambda: x.join(5), lambda: x.join(["a", 5]), lambda: x.join([b"a"]), lambda: x.split(1), lambda: x.split("a", "b"), lambda: x.split(""), lambda: x.partition(""), lambda: x.replace("a"), lambda: x.find(), lambda: x.find(1), lambda: x.index("zz"), lambda: x.rindex("q"), lambda: x.startswith([]), lambda: x.startswith((1,)), lambda: x.endswith(b"c"), lambda: x.center(), lambda: x.center("a"), lambda: x.center(5, ""), lambda: x.ljust(5, 5), lambda: x.zfill("a"), lambda: x.translate(5), lambda: "a".translate({97: -1}), lambda: "a".translate({97: 1.5}), lambda: str.maketrans("ab", "c"), lambda: str.maketrans("a"), lambda: str.maketrans({"ab": 1}), lambda: str.maketrans(1, 2), lambda: x.count(), lambda: x.upper(1), lambda: x.encode(1), lambda: x.expandtabs("a"), lambda: x.strip(1), lambda: x.removeprefix(1), lambda: x.format_map(), lambda: x.splitlines(5, 5), lambda: str(1, 2), lambda: str(b"a", 5), lambda: str("a", "utf-8"), lambda: str(b"\xff", "ascii"), lambda: str.upper(5), lambda: str.upper(), lambda: x.nope, lambda: chr(0x110000), lambda: chr("a"), lambda: ord(""), lambda: ord(5), lambda: ord(b"ab"), lambda: "a" in 5, lambda: 5 in "a", lambda: x < 5, lambda: int(x), lambda: float(x), lambda: x.__add__(5), lambda: str.join(",", None)):
    attempt(f)
print(str(b"abc", "ascii"), str(b"ab"), str(object=5), str(), repr(str), str(b"\xc3\xa9", "utf-8"), str(bytearray(b"x"), encoding="utf-8"), str(b"\xff", errors="replace"))
print("%s" % "日", "%5s|%-5s|%.1s" % ("é", "é", "éa"), "%c%c" % (0x1F600, "x"), "%r" % "\n", "%a" % "é", "%%%s" % 1, "%(x)s %(x)r" % {"x": "v"}, "%s" % {"a": 1}, "%-+5d|" % 3, "% d" % 5, "%+5s" % "a", "%.3d" % 5, "%#5x" % 10, "%#o" % 8, "%05s|" % "a", "%5%|" if False else "", "%.0f" % 0.5, "%s %s" % ("a", "b"), "%x" % 2 ** 70, "%d" % 2 ** 70, "%-10d|" % -5, "%u" % 7, "%ld" % 5)
for a in (("%d", "1"), ("%d", None), ("%x", "a"), ("%f", "a"), ("%c", "ab"), ("%c", -1), ("%c", 1.5), ("%", 1), ("%s", ()), ("%s", (1, 2)), ("%s %s", "a"), ("%(a)s", 1), ("%(a)s", {}), ("%(a", {}), ("%y", 1), ("%*d", ("a", 1)), ("%.*f", (1,)), ("%d %s", (1,)), ("a", 1), ("a", {}), ("%c", 0x110000), ("%5", 1), ("%s%", 1)):
    attempt(lambda: a[0] % a[1])
for a in (("{", ), ("}",), ("{}",), ("{0}{}", 1), ("{}{0}", 1), ("{1}", 1), ("{a}",), ("{0.x}", 1), ("{0[x]}", 1), ("{0[0]}", []), ("{!z}", 1), ("{!}", 1), ("{:{}}", 1), ("{0[}", 1), ("{0.}", 1), ("{0]}", 1), ("{a.b[0]!r:>{w}}",), ("{:d}", "a"), ("{0!r", 1), ("{:{:{}}}", 1, 2, 3), ("{{}", 1), ("{}}", 1)):
    attempt(a[0].format, *a[1:])

s = "Hello, World"
print(len(s), s[0], s[-1], s[3:5], s[::-1], s[::2], s[20:], s[-5:])
print(s.upper(), s.lower(), s.swapcase(), s.title(), s.capitalize(), s.casefold())
print(s.find("o"), s.rfind("o"), s.find("zz"), s.index("W"), s.count("l"), s.find("o", 5))
print(s.startswith("Hell"), s.endswith("d"), s.startswith(("x", "H")), s.startswith("W", 7))
print(s.replace("l", "L"), s.replace("l", "", 1), "aaa".replace("", "-"))
print("a,b,,c".split(","), " a  b c ".split(), "a b c d".split(" ", 2), "a b c d".rsplit(" ", 2))
print("".split(), "".split(","), "abc".split("abc"))
print("-".join(["a", "b", "c"]), "".join([]), ", ".join("xyz"))
print("  pad ".strip() + "|", "  pad ".lstrip() + "|", "  pad ".rstrip() + "|", "xxaxx".strip("x"))
print("a".center(5) + "|", "a".ljust(5, ".") + "|", "a".rjust(5, "*") + "|", "42".zfill(5), "-42".zfill(5))
print("abc".partition("b"), "abc".partition("z"), "abcabc".rpartition("b"), "abc".rpartition("z"))
print("one\ntwo\r\nthree\n".splitlines(), "a\nb".splitlines(True))
print("abc".isalpha(), "123".isdigit(), "a1".isalnum(), " ".isspace(), "A".isupper(), "a".islower())
print("".isalpha(), "Title Case".istitle(), "name_1".isidentifier(), "1a".isidentifier(), "²".isdigit(), "½".isnumeric())
print("prefix-x".removeprefix("prefix-"), "x.py".removesuffix(".py"), "x".removeprefix("y"))
print("tab\tx".expandtabs(), "a\tb".expandtabs(4))
print(repr("quote'"), repr('quote"'), repr("both'\""), repr("\n\t\r\\\x00\x7f"), repr("é日\u200b\U0001F600\ud800"))
print(str(5), str(None), str(1.0), str([1]), str("s"), repr("s"))
print("x" in "xyz", "yz" in "xyz", "" in "xyz", "xz" in "xyz")
print("abc" < "abd", "a" + "b" * 3, max("hello"), min("hello"), sorted("hello"))
print(ord("a"), chr(97), ord("日"), chr(128512), ord("\U0001F600"))
print("%s is %d years and %.2f" % ("x", 5, 1.234), "%5d|%-5d|%05d|%+d" % (42, 42, 42, 42), "%x %X %o %#x" % (255, 255, 8, 255))
print("%r %a %c %c %%" % ("é", "é", "x", 65), "%(a)s-%(b)s" % {"a": 1, "b": 2}, "%10.3s|" % "abcdef")
print("%e %g %g %G" % (12345.678, 12345.678, 1e-10, 1e20), "%*d|%.*f" % (5, 3, 2, 1.5))
print("{} {}".format(1, 2), "{1} {0}".format(1, 2), "{a} {b}".format(a=1, b=2), "{0.real} {1[0]} {1[k]}".format(1, {0: "z", "k": "v"}) if True else "")
print("{:>5}|{:<5}|{:^5}|{:*^7}|".format("a", "b", "c", "d"), "{:05d} {:+} {:,} {:_}".format(42, 5, 1234567, 1234567))
print("{:.2f} {:10.3f}| {:e} {:%} {:g}".format(3.14159, 2.5, 1234.5, 0.25, 1e10), "{:x} {:#x} {:b} {:#o} {:c}".format(255, 255, 5, 8, 65))
print("{!r} {!s} {!a}".format("é", "é", "é"), "{{}}".format(), "{:{}}|".format("x", 5))
print("straße".upper(), "ß".casefold(), "ǆ".title(), "İ".lower(), "ﬁ".upper(), "ΑΣ".lower())
print("abc".translate({97: "x", 98: None, 99: 0x1F600}), "hello".translate(str.maketrans("el", "ip", "o")))
print(len("日本語"), "日本語"[1], "日本語"[::-1], "a日😀"[2], len("😀"))
print("é".encode(), "日".encode("utf-8"), b"caf\xc3\xa9".decode(), "abc".encode("ascii"), "é".encode("latin-1"), "é".encode("ascii", "replace"))
print(list("abc"), tuple("ab"), set("a"), dict([("a", 1)]), bool(""), bool("x"))
print("x".join("ab"), "abc".index("c"), "abcabc".count("abc"), "aaaa".count("aa"), "abc".count(""))
for f in (lambda: "abc"[5], lambda: "abc".index("z"), lambda: "a" + 1, lambda: 1 + "a", lambda: "a" * "b",
          lambda: "abc"["a"], lambda: int("x"), lambda: "%d" % "x", lambda: "%s" % (1, 2), lambda: "%s %s" % 1,
          lambda: "{} {}".format(1), lambda: "{a}".format(), lambda: "{".format(), lambda: "".join([1]),
          lambda: "a".split(""), lambda: chr(-1), lambda: ord("ab"), lambda: "é".encode("ascii"),
          lambda: b"\xff".decode(), lambda: "a".foo, lambda: "{:d}".format("x"), lambda: "abc".replace(1, 2),
          lambda: "a".center(5, "xx"), lambda: "a".startswith(1), lambda: "%z" % 1, lambda: "%(a)s" % {}, lambda: "%c" % "xx"):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__ + ":", e)
try:
    s[0] = "x"
except TypeError as e:
    print(e)

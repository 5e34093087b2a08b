"""What a text holds: words, letters, lines, encodings."""

import collections
import difflib
import itertools
import string
import unicodedata

TEXT = """The quick brown fox jumps over the lazy dog; the dog sleeps.
Größe, naïve café — 東京 and "quotes" stand here, too:  \ttabs and  spaces.
""" * 4
words = [word.strip(string.punctuation).casefold() for word in TEXT.split()]
counts = collections.Counter(filter(str.isalpha, words))
print(counts.most_common(4), sorted(set(words), key=lambda w: (len(w), w))[-3:], TEXT.count("the"), TEXT.find("fox"))
lines = TEXT.splitlines()
print([line.replace("the", "a").expandtabs(4).center(80, "*")[:30] for line in lines[:2]], "-".join(w.capitalize() for w in words[:5]))
print(TEXT.encode().decode("utf-8") == TEXT, TEXT.encode("utf-16")[:4], "é".encode("latin-1"), ascii(TEXT[60:80]), TEXT.encode("ascii", "xmlcharrefreplace")[60:90])
print(unicodedata.normalize("NFD", "é") != "é", unicodedata.name("é"), "ß".upper(), "İ".lower(), "ǆ".title(), "٣".isdigit(), "abc".translate(str.maketrans("ab", "xy", "c")))
print(*itertools.islice(itertools.groupby(sorted(words), key=lambda w: w[:1]), 2), list(zip(*[iter("abcdef")] * 2)), "a,b,,c".split(","), "x=1=2".partition("="), "1.2.3".rsplit(".", 1))
print("".join(reversed("stressed")), "%5.1f|%-6s|%+d|%x|%r" % (3.14159, "ab", 5, 255, "q"), "{0!r:>8} {name:^7}".format("a", name="b"), "abc"[::-1], "ab" * 3, "a" < "b", max("hello"), "zfill".zfill(8))
print(*difflib.unified_diff(["a\n", "b\n"], ["a\n", "c\n"], lineterm=""), difflib.get_close_matches("appel", ["ape", "apple", "peach"]))
print("Tab".startswith(("T", "x")), "end".endswith("d"), "prefix-x".removeprefix("prefix-"), "a1".isalnum(), " \n".isspace(), "Ab".swapcase(), "a-b_c".replace("-", "_"), "é" in TEXT, TEXT.index("東"), ord("東"))

"""Writes tests/cases.txt: patterns as the reference compiles them, subjects, and the
spans that it finds.  Run with the reference CPython 3.14:

    python3.14 crates/krait-sre/gen/cases.py > crates/krait-sre/tests/cases.txt

Lines: `P flags groups code...` is a pattern, its words in hexadecimal; the lines after
it are subjects: `kind operation pos endpos text... = result`, where kind is `b` (bytes)
or `s` (string), operation is `m`, `f`, `s` (match, fullmatch, search) or `i` (all
matches), and the result is `-` or spans `start,end` of the groups and the last index,
one match after the other separated by `/`.
"""

import random
import re
import re._compiler
import re._parser
import warnings
from test.re_tests import SYNTAX_ERROR, tests

warnings.simplefilter("ignore")


def compile_code(pattern, flags):
    parsed = re._parser.parse(pattern, flags)
    code = re._compiler._code(parsed, flags)
    return int(flags | parsed.state.flags), parsed.state.groups - 1, code


def spans(match):
    groups = [match.span(i) for i in range(match.re.groups + 1)]
    shown = ["%d,%d" % span if span[0] >= 0 else "-" for span in groups]
    return ";".join(shown) + ":" + str(match.lastindex or 0)


def results(compiled, operation, subject, pos, endpos):
    if operation == "i":
        return [spans(m) for m in compiled.finditer(subject, pos, endpos)]
    method = {"m": compiled.match, "f": compiled.fullmatch, "s": compiled.search}[operation]
    match = method(subject, pos, endpos)
    return [spans(match)] if match else []


def emit(pattern, flags, subjects):
    try:
        shown, groups, code = compile_code(pattern, flags)
        compiled = re.compile(pattern, flags)
    except (re.PatternError, RecursionError, OverflowError):
        return
    print("P", shown, groups, *("%x" % word for word in code))
    for subject in subjects:
        size = len(subject)
        places = [(0, size)]
        if size > 2:
            places += [(1, size), (0, size - 1), (2, size - 1)]
        for pos, endpos in places:
            for operation in "mfsi":
                found = results(compiled, operation, subject, pos, endpos)
                kind = "b" if isinstance(subject, bytes) else "s"
                words = ["%x" % (c if kind == "b" else ord(c)) for c in subject]
                print(kind, operation, pos, endpos, *words, "=", "/".join(found) or "-")


def from_re_tests():
    for case in tests:
        pattern, subject, outcome = case[:3]
        if outcome == SYNTAX_ERROR:
            continue
        emit(pattern, 0, [subject])
        try:
            emit(pattern.encode("latin-1"), 0, [subject.encode("latin-1")])
        except UnicodeEncodeError:
            pass
        emit(pattern, re.IGNORECASE, [subject, subject.swapcase()])


HAND = [
    (r"a*+a", ["aaa", "b"]),
    (r"(?:ab|a)++b", ["abab", "aab", "ab"]),
    (r"(?>a+|b)c", ["aac", "bc"]),
    (r"(?>(a)|b)*\1", ["aba", "ab"]),
    (r"((?>(a)b|c))+\2", ["abca", "abcabc"]),
    (r"(?:(a)|(b))*+\1", ["aba", "abab"]),
    (r"(a|b)*?c", ["ababc", "c"]),
    (r"(?:a|(b)){2,3}?c", ["abc", "abbc", "aaabc"]),
    (r"(a?)*?$", ["aaa", ""]),
    (r"(a*)*", ["aaa", "b", ""]),
    (r"(a*)+?b", ["aab", "b"]),
    (r"(?:a*?)*?b", ["aab"]),
    (r"(?:(x)|(y)|z)*", ["xyzzy", "zzz"]),
    (r"(?=(a+))a*b\1", ["baaabac", "aab"]),
    (r"(?=(a+))", ["baaabac"]),
    (r"(?!(a)b)a(?:c|b)", ["ac", "ab"]),
    (r"(?<=(..))c(?<!ac)", ["abc", "bac"]),
    (r"(?<=a|b)c", ["ac", "bc", "cc"]),
    (r"(?<!\d)\d{2}(?!\d)", ["12 345 67", "1"]),
    (r"(a)?(?(1)b|c)", ["ab", "c", "ac", "b"]),
    (r"(?:(a)|b)(?(1)x|)y", ["axy", "by", "ay"]),
    (r"(a)?(?(1)[\x00-\x0f])", ["a\x0f", "b"]),
    (r"\bfoo\b", ["a foo b", "foo", "xfoo foox"]),
    (r"\B", ["", "ab", " "]),
    (r"\b\w+\b", ["one two_3 \u00e9t\u00e9", "\u0444\u0443 x"]),
    (r"\b\w*\b", ["one two", ""]),
    (r"\w+\s*=\s*\d+", ["a = 1; bb=22", "x ="]),
    (r".*foo", ["xxfoo\nfoofoo\nbar", "fo"]),
    (r"(?s).*foo", ["xx\nfoo\nfo", "fo"]),
    (r"(?m)^.*$", ["a\nbc\n\nd", "", "\n"]),
    (r"(?m)^\w+", ["a\nbc\n d", "\nx"]),
    (r"\A\w*\Z", ["abc", "abc\n"]),
    (r"\w*$", ["abc", "abc\n", "abc\nd"]),
    (r"[a\n]*$", ["aa\n", "a\na"]),
    (r"[^\"]*\"", ['abc"d', "abc"]),
    (r"\"(?:[^\"\\]|\\.)*\"", [r'x "a\"b" y', r'"a\\" "', '"abc']),
    (r"(?:[^\"\\]+|\\.)*\"", [r'a\"b" y', "abc"]),
    (r"'.*?'", ["'a' 'b'", "'a\n'"]),
    (r"<.+?>", ["<a><b>", "<>x>"]),
    (r"(?s)<!--.*?-->", ["<!-- a\n-b --> c -->", "<!--"]),
    (r"a.{2,4}?b", ["axxb", "axxxxb", "axb", "axxxxxb"]),
    (r"a[xy]{2,4}?[bc]", ["axxb", "axyxyc", "axb"]),
    (r"\d{1,3}(?:,\d{3})*", ["1,234,567", "12,34"]),
    (r"(\w+),(\w+)(?:,(\w+))?", ["ab,cd", "a,b,c,d"]),
    (r"(?i)stra\u00dfe|\u017f|k", ["STRASSE STRA\u1e9eE S\u212aK", "\u017fs"]),
    (r"(?i)[\u0430-\u044f]+", ["\u041f\u0420\u0438\u0432\u0435\u0442", "abc"]),
    (r"(?i)[^a-z]+", ["ABC123\u212a\u017f", "xyz"]),
    (r"(?i)(\w)\1", ["aA bB c", "\u0430\u0410"]),
    (r"(?ai)(\w)\1", ["aA bB c", "\u0430\u0410", "\u00e9\u00c9"]),
    (r"(?i)\U00010400+", ["\U00010428\U00010400x"]),
    (r"(?i)[\U00010400-\U00010410]+", ["\U00010428\U00010400x"]),
    (r"[\u0400-\u04ff\u0100]+", ["ab\u0416\u0436\u0100", "\U00010000"]),
    (r"[\u0400-\u04ff\u0600-\u0610\u0800-\u0801]+", ["ab\u0416\u0601\u0800\u0802"]),
    (r"[^\u0400-\u04ff\u0600-\u0610\u0800]+", ["ab\u0416\u0601\U0001f600x\u0800"]),
    (r"\u0416+x", ["\u0416\u0416x", "\u0416"]),
    (r"\u0416.*?\u0417", ["a\u0416bc\u0417\u0417", "\u0416"]),
    (r".*\u0417", ["a\u0416bc\u0417\u0417x", "\u0416"]),
    (r"[\s\S]", ["a", "\n"]),
    (r"[^\s\S]", ["a"]),
    (r"\S+\s", ["a\u3000 b", "\u0416 "]),
    (r"\d+", ["12\u0663\u0664 a", "\u00b2"]),
    (r"(?a)\d+\w", ["12\u0663", "12a"]),
    (r"\D\W", ["a-\u3000", "\u0663"]),
    (r"Python|Perl|Tcl", ["I like Perl and Tcl", "Pythos"]),
    (r"(?:a|ab|abc)(?:d|cd)?$", ["abcd", "abd", "ad"]),
    ("|".join("w%03d" % i for i in range(150)), ["w149 w000 w064", "w150", "w063w062"]),
    ("|".join(chr(0x61 + i % 26) * (1 + i % 5) for i in range(70)) + "|", ["eeeee", "zz", ""]),
    (r"(?:)", ["", "ab"]),
    (r"|a", ["a", ""]),
    (r"a|", ["a", "ba"]),
    (r"a??", ["aa", ""]),
    (r"(?:a??b?)*", ["abab"]),
    (r"(?:(?:a|b)(?:c|d)?){2,3}e", ["acbde", "abe", "abcde", "ae"]),
    (r"(?:(a+)(b+)?){2}c", ["aabac", "ac", "aac", "abc"]),
    (r"(?:(?:ab){2}|c){1,2}(?:ab)?d", ["ababcabd", "cd", "abababd"]),
    (r"((a)|b)*?(c|$)", ["abac", "ab"]),
    (r"(?=a(?=b(c)))abc\1?", ["abcc", "abd"]),
    (r"(?<=^|,)[^,]*(?=,|$)", ["a,b,,c", ""]),
    (r"(?<![\w.])\w+(?:\.\w+)*@\w+\.\w{2,}", ["me.x@a.org, b@c.d, z@yy.zz"]),
    (r"(x+x+)+y", ["xxxxxxxy", "xxxxxxx"]),
    (r"x{3}", ["xxxx", "xx"]),
    (r"x{0}y", ["xy", "x"]),
    (r"(?:xy){0}z", ["xyz"]),
    (r"(x){0}y(?(1)a|b)", ["yb", "ya"]),
    (r"(?:a{2,3}){2,3}", ["a" * 9, "a" * 5, "aaa"]),
    (r"(?:a{2,3}?){2,3}?b", ["a" * 9 + "b", "aaaab"]),
    (r"a{2,}+a", ["aaaa"]),
    (r"(?:ab){2,3}+ab", ["abababab", "ababab"]),
    (r"(?:a?){3}+b", ["aab", "b"]),
    (r"(?:a?)*+b", ["aab", "b"]),
    (r"(?P<q>['\"]).*?(?P=q)", ["say 'it' \"x'y\" '"]),
    (r"(?i:a)b(?-i:C)", ["AbC", "Abc", "aBC"]),
    (r"(?m)(?<=\n)x$|^y", ["a\nx\ny", "y"]),
    (r"$\Z", ["a\n", ""]),
    (r"$", ["a\n", "a\nb"]),
    (r"(?m)$", ["a\n\nb", ""]),
    (r"(a)(?!.*\1)", ["abab", "aab"]),
    (r"(?:(?!ab).)*", ["xxab", "ab"]),
    (r"((?:[ab]|(?:c|d)e)*)f", ["abceaf", "cef", "cf"]),
    (r"(\w+) (?:(\d+)|(\w+)) \1", ["ab 12 ab", "ab cd ab cd"]),
]


def by_hand():
    for pattern, subjects in HAND:
        emit(pattern, 0, subjects)
        try:
            narrow = [s.encode("latin-1") for s in subjects]
            emit(pattern.encode("latin-1"), 0, narrow)
        except UnicodeEncodeError:
            pass
        emit(pattern, 0, [s + "\u0416\U0001f600" for s in subjects])
    for pattern in (rb"(?L)\w+\b", rb"(?Li)aB[c-e]", rb"(?Li)[^a]", rb"(?Li)(a)\1", rb"(?Li)[^\W\d]+x"):
        emit(pattern, 0, [b"ab aBD", b"AbE!", b"aA x\xe9X"])


def random_pattern(rng, depth):
    atoms = ["a", "b", "c", ".", "[ab]", "[^a]", r"\w", r"\b", "^", "$", "ab", "bc", r"\W", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)"]
    if depth == 0:
        return rng.choice(atoms)
    kind = rng.randrange(9)
    inner = lambda: random_pattern(rng, depth - 1)
    if kind < 3:
        return inner() + inner()
    if kind == 3:
        return "(" + inner() + ")"
    if kind == 4:
        return "(?:" + inner() + "|" + inner() + ")"
    if kind == 5:
        return "(?>" + inner() + ")"
    if kind == 6:
        return "(?:" + inner() + "|" + inner() + "|" + inner() + ")" + rng.choice(["", "*", "+?"])
    suffix = rng.choice(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "*+", "++", "?+", "{1,2}+"])
    return rng.choice(["(%s)%s", "(?:%s)%s"]) % (inner(), suffix)


def at_random():
    rng = random.Random(20)
    for _ in range(700):
        pattern = random_pattern(rng, rng.randrange(1, 5))
        if rng.random() < 0.3:
            pattern += r"\1"
        subjects = ["".join(rng.choice("aabbc \n") for _ in range(rng.randrange(9))) for _ in range(3)]
        emit(pattern, rng.choice([0, 0, re.M, re.S, re.I]), subjects)


from_re_tests()
by_hand()
at_random()

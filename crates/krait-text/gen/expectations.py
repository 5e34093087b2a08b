"""Writes the expectations that the tests compare against.

Run with CPython 3.14; each table is a file under tests/data, one case a line, the
fields separated by tabs. Characters outside printable ASCII, and backslashes, are
written as \\{hex}; floats are the hexadecimal bits of the double.
"""

import codecs
import encodings.cp1252
import pathlib
import random
import re
import struct
import subprocess
import sys
import unicodedata
import warnings
import zlib

DATA = pathlib.Path(__file__).parent.parent / "tests" / "data"
random.seed(314)
warnings.simplefilter("ignore")


def esc(text):
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    return "".join(
        c if " " <= c <= "~" and c != "\\" else "\\{%x}" % ord(c) for c in text
    )


def bits(value):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", value))[0]


def outcome(function, *args):
    """The result as text, or the class and message of the exception."""
    try:
        result = function(*args)
    except Exception as error:
        return "!" + type(error).__name__ + ": " + str(error)
    return result


def write(name, rows):
    with open(DATA / (name + ".txt"), "w", encoding="ascii", newline="\n") as out:
        for row in rows:
            out.write("\t".join(esc(field if isinstance(field, bytes) else str(field)) for field in row) + "\n")


FLOATS = [
    0.0, -0.0, 1.0, -1.0, 1.5, 0.1, 1e15, 1e16, 1e17, 123456789012345678.0, 1e-4, 1e-5,
    9.999e-5, 0.00012345, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"),
    float("nan"), 2.5, 0.5, 1234567.891234, 1e22, -0.001, 12345.0, 999999.5, 9.5, 0.95,
    0.0001, 100000.0, 1000000.0, 2.0**53, 2.0**70, 1 / 3, -2 / 3, 2.2250738585072014e-308,
    9007199254740993.0, 4.35, 1e100, 99999.95, 0.045, 8.5e-7,
]
FLOATS += [struct.unpack("<d", random.randbytes(8))[0] for _ in range(60)]
FLOATS += [round(random.uniform(-1e6, 1e6), random.randrange(8)) for _ in range(40)]


def float_cases():
    for value in FLOATS:
        yield "repr", bits(value), repr(value)
        yield "hex", bits(value), value.hex()
    specs = ["e", "f", "g", "E", "G", "F", ".0e", ".0f", ".0g", ".1g", ".3g", ".20e", ".30f",
             "#.0e", "#.0f", "#.3g", "#g", ".17g", ".50g"]
    for value in FLOATS:
        for spec in random.sample(specs, 7):
            yield "format", bits(value), spec, "%" + spec, ("%" + spec) % value
    for value in (0.1, 5e-324, 1e308):
        for spec in (".1100f", ".1200e", ".900g", "#.900g"):
            yield "format", bits(value), spec, "%" + spec, ("%" + spec) % value
    texts = ["1", " 1.5\n", "1_000.5", "1__0", "_1", "1_", "1_.5", "1._5", "1e1_0", "1_e5", "+.5",
             ".", "", " ", "e5", "1e", "1e+", "inf", "-Infinity", "NaN", "+nan", "infinit", "0x10",
             "1.e5", "1,5", "1e400", "-1e-400", "1 2", "--1", "1d5", "1\x000", "1.7976931348623159e308"]
    for text in texts:
        yield "parse", text, bits_or(outcome(float, text))
    texts = ["1", "1j", "1+2j", "(1+2j)", " ( 1-2j ) ", "j", "-j", "+j", "1+j", "1-j", "1+2", "1j+2",
             "inf+nanj", "1e5-1e-5j", "1_0+2_0j", "", "()", "(1+2j", "1+2jj", "1 +2j", "infinityj",
             "1++2j", "+1J", "nan", "-infj", "1e", "1ej", "2e1j", "(1+2j) )"]
    for text in texts:
        got = outcome(complex, text)
        yield "complex", text, got if isinstance(got, str) else bits(got.real) + " " + bits(got.imag)
    texts = ["0x1p0", "1.8", " 0x.8p+1 ", "-0x1.999999999999ap-4", "inf", "-Infinity", "nan", "0x",
             "0x1p", "0x1p1024", "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7fp1023", "1p-1074",
             "1p-1075", "1.8p-1075", "0x0p99999999999999999999", "0x1p99999999999999999999",
             "1p-99999999999999999", "ffffffffffffffffffff", "0x1.00000000000008p0",
             "0x1.00000000000018p0", "0x1.000000000000080001p0", "0x1..8", ".", "+.8", "0x1g", "1 p1",
             "0x0.00000000000000000000000001p104", "100000000000000000000000001p-104", "",
             "0x0.fffffffffffff8p-1022", "0x1.fffffffffffff8p-1023", "3p-1075", "-0"]
    for text in texts:
        yield "fromhex", text, bits_or(outcome(float.fromhex, text))


def bits_or(result):
    return result if isinstance(result, str) else bits(result)


SPECS = """
+|-| |#|z|=5|05|<05|,|_|n|,n|_n|,,|__|,_|_,|.3,|.3_|.,|._|.3,,|.3_,|.3|.|.3d|c|+c|#c|d|x|,x|_x|,c|_c
_d|99999999999999999999|.99999999999999999999|.3s|,s|zd|zf|f,|yy|\xe9|%|_%|.2147483648f|z|s|e|.,f|.6,f
._f|_.6,f|,._f|06|=6|*=12,.2f|012,|.3c|#s|,.0f|.,|.3,s|.3,d|zx|.3,x|.,d|.,n|.3,n|015,.3f|020|z.2f|#.0f
#.3g|.6|020_|=12|_=+12|.1%|E|g|G|F|010,.6,f|025,.6_f|.0|z.0|+020,|>30|*<30|*^31|30|=30|030|z.1f|.2f|,.2f
020_x|#_b|#x|#X|#o|#010x|+,|=+12|*^20,|013,|010,| d|015_b|#020_b|#b|_o|b|o|X|\u0416^9|0|00|001|<0|0<5|-5
._e|.9_e|,e|,g|_g|._|.20_f|0=+20,.7_f|>|^9|^9.2|<9.2s|.0s|=|z#0|zz|##|+-|,_d|.10,g|#,g|08.2%|,%|_X|#_X
011,|014,|016,|017,|+011,|11,|>11,|0>11,|0^15,|0<15,
""".replace("\n", "|").split("|")


def format_cases():
    ints = [0, 5, -5, 123456789, -255, 1000, -1234, 999999, 2**64, 65]
    floats = [0.0, -0.0, 1.5, 1234567.891234, float("nan"), float("inf"), float("-inf"), 1e22,
              -0.001, 12345.0, 1e-7, 123.456]
    complexes = [1j, 1234567 + 2.5j, complex("nan+infj"), -0j, 1e30j, complex(-1.5, -0.0)]
    for spec in SPECS:
        for text in ("abc", "\u0416\U0001f600x"):
            yield "str", text, spec, outcome(format, text, spec)
        for value in ints:
            yield "int", value, spec, outcome(format, value, spec)
        for value in floats:
            yield "float", bits(value), spec, outcome(format, value, spec)
        for value in complexes:
            yield ("complex", bits(value.real) + " " + bits(value.imag), spec,
                   outcome(format, value, spec))
    for value in complexes + [complex(0, 1), complex(1, -1), complex(3, 4e16), complex(0.0, -2.5)]:
        yield "complexrepr", bits(value.real) + " " + bits(value.imag), "", repr(value)


PERCENTS = """%|%(a|%(a)d|%(a(b))d|%z|%\xe9|%5|%99999999999999999999d|%.99999999999999999999d|%.|%.d|%*d
%-+ #05.3d|%lld|%hd|%Ld|%5%|%#x|%#.5x|%+.5x|%x|%o|%#o|%#X|%010.5d|%-10d|%i|%u|%F|%#g|%+e|% d|%.*f|%*.*f
%.2147483648d|%9223372036854775808d|%#.3x|%010x|%#010x|%-#10x|%(a)|%(a)%|%(a)5d|%05d|%+5d|% 05d|%+-8d|%05f
%.0f|%#.0f|%12.3e|%-12g|%012g|%X|%8.3x|%y|%\x00|%\n|%5.2y|%#5X|%%|%+ d|%5.|%*|%.*|%(""".replace("\n", "|").split("|")


def percent_cases():
    values = [(5,), (-5,), (6, 5), (-6, 5), (9, 2, 1.5), (2, -1, 2.5), {"a": 255, "a(b)": 2}, (1e10,), (-3.5,),
              (float("inf"),), (float("nan"),), (0,)]
    for form in filter(None, PERCENTS):
        for index, value in enumerate(values):
            got = outcome(lambda: form % value)
            if "not all" in got or "not enough" in got or "required" in got or "real number" in got:
                continue
            if "wants int" in got:
                continue
            shown = ";".join(map(repr_arg, value)) if isinstance(value, tuple) else "map"
            yield "str", form, shown, got
        got = outcome(lambda: form.encode("latin-1") % (5,))
        if isinstance(got, bytes) or got.startswith(("!ValueError", "!Overflow")):
            yield "bytes", form, "i5", got.decode("latin-1") if isinstance(got, bytes) else got


def repr_arg(value):
    return "f" + bits(value) if isinstance(value, float) else "i" + str(value)


def hexed(text):
    return " ".join("%x" % ord(c) for c in text)


def number(value):
    return "" if value is None else bits(value)


def properties(code, database):
    c = chr(code)
    return "|".join(map(str, (
        database.category(c), database.bidirectional(c), database.combining(c),
        database.east_asian_width(c), database.mirrored(c), database.decimal(c, ""),
        database.digit(c, ""), number(database.numeric(c, None)), database.decomposition(c),
        database.name(c, ""))))


def classes(code):
    c = chr(code)
    return "".join("01"[bool(f)] for f in (
        c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.isalnum(), c.isspace(), c.islower(),
        c.isupper(), c.istitle(), c.isprintable(), c.isidentifier(), ("a" + c).isidentifier(),
        len(("a" + c + "a").splitlines()) > 1))


def cases(code):
    c = chr(code)
    return "|".join(map(hexed, (c.lower(), c.upper(), c.title(), c.casefold(), c.swapcase(), c.capitalize())))


def forms(code, database):
    c = chr(code)
    return "|".join(hexed(database.normalize(form, c)) + str(int(database.is_normalized(form, c)))
                    for form in ("NFC", "NFD", "NFKC", "NFKD"))


def unicode_cases():
    """Checksums over each plane's characters."""
    old = unicodedata.ucd_3_2_0
    for name, line in (
        ("properties", lambda c: properties(c, unicodedata)),
        ("old properties", lambda c: properties(c, old)),
        ("classes", classes),
        ("cases", cases),
        ("forms", lambda c: forms(c, unicodedata)),
        ("old forms", lambda c: forms(c, old)),
    ):
        for plane in range(17):
            lines = "\n".join(map(line, range(plane << 16, (plane + 1) << 16)))
            yield name, "%x" % plane, "%08x" % zlib.crc32(lines.encode())


POOL = "aAbBzZ019 \t\n_'\"\\\x00\x1f\x7f\x85\xa0\xaa\xad\xdf\xe9\xff\u0130\u0149\u01c5\u0308\u0345\u0391\u03a3" \
    "\u03c3\u03c2\u0410\u0660\u1100\u1161\u11a8\uac00\u0323\u0301\u1e9e\u2028\u3000\ufb01\ufeff\ud800\udc00\U0001d165\U0001f600\U00010400"


def texts(count, most):
    for _ in range(count):
        pool = random.choice((POOL[:14], POOL[:26], POOL, POOL[20:]))
        yield "".join(random.choices(pool, k=random.randrange(most)))


def joined(parts):
    return ";".join(map(hexed, parts))


def text_cases():
    for text in texts(120, 12):
        for method in ("lower", "upper", "title", "capitalize", "swapcase", "casefold"):
            yield method, text, getattr(text, method)()
        for method in ("islower", "isupper", "istitle", "isalpha", "isalnum", "isspace", "isprintable",
                       "isidentifier", "isnumeric"):
            yield method, text, int(getattr(text, method)())
        yield "repr", text, repr(text)
        yield "ascii", text, ascii(text)
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            yield form, text, unicodedata.normalize(form, text)
            yield "is" + form, text, int(unicodedata.is_normalized(form, text))
            yield "old" + form, text, unicodedata.ucd_3_2_0.normalize(form, text)
        raw = text.encode("utf-8", "surrogatepass")
        yield "bytesrepr", raw, repr(raw)
        for method in ("title", "capitalize", "swapcase"):
            yield "bytes" + method, raw, getattr(raw, method)()
        for method in ("islower", "isupper", "istitle"):
            yield "bytes" + method, raw, int(getattr(raw, method)())
    for text in texts(100, 30):
        yield "splitlines", text, joined(text.splitlines())
        yield "splitlines+", text, joined(text.splitlines(True))
        yield "split", text, joined(text.split())
        yield "split2", text, joined(text.split(None, 2))
        yield "rsplit2", text, joined(text.rsplit(None, 2))
        yield "strip", text, text.strip()
        yield "lstrip", text, text.lstrip()
        yield "rstrip", text, text.rstrip()
        yield "expandtabs", text, text.expandtabs(5)
        yield "zfill", text, text.zfill(20)
    for text in ["+12", "-", "", "--1"]:
        yield "zfill", text, text.zfill(20)
    for name in ["cjk unified ideograph-4e00", "CJK UNIFIED IDEOGRAPH-04E00", "hangul syllable gag",
                 "HANGUL SYLLABLE GAX", "HANGUL SYLLABLE ", "tangut ideograph-17000", "NULL", "LINE FEED",
                 "latin small letter a", "KEYCAP DIGIT ONE", "NUSHU CHARACTER-1B170", "LATIN  SMALL LETTER A",
                 "CJK UNIFIED IDEOGRAPH-4E0", "", " ", "x", "BELL", "ALERT", "hangul syllable o", "LATIN",
                 "CJK UNIFIED IDEOGRAPH-20000", "CJK UNIFIED IDEOGRAPH-+4E00", "EURO SIGN", "VS1", "zwj",
                 "HANGUL SYLLABLE HIH", "EMOJI KEYCAP 1", "KATAKANA LETTER AINU P"]:
        got = outcome(unicodedata.lookup, name)
        yield "lookup", name, "!" if got.startswith("!K") else got


def search_cases():
    alphabets = ["ab", "abc", "\u0430b", "\u0430\u0431", "\U0001f600a", "\U0001f600\u0430\xe9a"]
    for _ in range(250):
        pool = random.choice(alphabets)
        text = "".join(random.choices(pool, k=random.randrange(60)))
        other = random.choice(alphabets + [pool] * 6)
        needle = "".join(random.choices(other, k=random.choice((0, 1, 1, 2, 2, 3, 4, 6))))
        if random.random() < 0.2:
            start = random.randrange(len(text) + 1)
            needle = text[start:start + random.randrange(20)]
        yield "find", text, needle, text.find(needle)
        yield "rfind", text, needle, text.rfind(needle)
        yield "count", text, needle, text.count(needle)
        new = "".join(random.choices(random.choice(alphabets), k=random.randrange(4)))
        most = random.choice((-1, -1, 0, 1, 3))
        yield "replace", text, needle, new, most, text.replace(needle, new, most)
        yield "stripset", text, needle, text.strip(needle)
        if needle:
            yield "split", text, needle, joined(text.split(needle, most))
            yield "rsplit", text, needle, joined(text.rsplit(needle, most))


def fault_or(function, *args):
    """A decoder's or encoder's result, or the range and reason of its error."""
    try:
        return function(*args)
    except UnicodeError as error:
        if not hasattr(error, "reason"):
            return "!fail"
        return "!%d %d %s" % (error.start, error.end, error.reason)


DECODERS = {
    "utf-8": codecs.utf_8_decode, "utf-16": codecs.utf_16_decode, "utf-16-le": codecs.utf_16_le_decode,
    "utf-16-be": codecs.utf_16_be_decode, "utf-32": codecs.utf_32_decode,
    "utf-32-le": codecs.utf_32_le_decode, "utf-32-be": codecs.utf_32_be_decode, "utf-7": codecs.utf_7_decode,
    "unicode_escape": codecs.unicode_escape_decode, "raw_unicode_escape": codecs.raw_unicode_escape_decode,
}
PIECES = [b"a", b"\xe9", b"\xc3\xa9", b"\xe2\x82\xac", b"\xe2\x82", b"\xf0\x9f\x98\x80", b"\xf0\x9f", b"\xed\xa0",
          b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xff", b"\x80", b"\xc0\x80", b"\xf4\x90", b"\xe0\x80", b"abcdefgh"]
WIDE = [b"a\0", b"\0a", b"\0\xd8", b"\xd8\0", b"\0\xdc", b"\xdc\0", b"\0", b"\xff\xfe", b"\xfe\xff", b"\0\0", b"\x11\0",
        b"\xac\x20", b"\0\0\0a", b"a\0\0\0", b"\0\xd8\0\0", b"\0\0\xd8\0", b"\0\xf6\x01\0"]
ESCAPES = [b"\\", b"\\x", b"\\x41", b"\\u20ac", b"\\u12", b"\\U0001f600", b"\\U00110000", b"\\U0001", b"\\N",
           b"\\N{", b"\\N{DIGIT ONE}", b"\\N{x}", b"\\N{}", b"\\101", b"\\400", b"\\8", b"\\n", b"\n", b"q", b"\xe9", b"\\\n",
           b"4", b"}", b"\\'"]
SHIFTS = [b"+", b"-", b"AGE", b"2AA", b"3AA", b"+AGE-", b"!", b"\xe9", b"+2ADcAA-", b"~", b"a", b"AGEA", b"+-", b"IKw", b"\\"]


def codec_cases():
    pieces = {"utf-8": PIECES, "utf-7": SHIFTS, "unicode_escape": ESCAPES, "raw_unicode_escape": ESCAPES}
    for encoding, decode in DECODERS.items():
        for _ in range(25):
            raw = b"".join(random.choices(pieces.get(encoding, WIDE), k=random.randrange(6)))
            for errors in ("strict", "replace", "backslashreplace", "surrogateescape", "surrogatepass"):
                for final in (True, False):
                    got = fault_or(decode, raw, errors, final)
                    if isinstance(got, tuple):
                        got = "%s %s" % (got[1], hexed(got[0]))
                    elif errors != "strict":
                        got = "!"
                    yield "decode", encoding, errors, int(final), raw, got
    for _ in range(25):
        raw = b"".join(random.choices(PIECES, k=random.randrange(6)))
        for encoding in ("ascii", "latin-1", "cp1252"):
            for errors in ("strict", "ignore", "replace", "surrogateescape"):
                got = fault_or(raw.decode, encoding, errors)
                if not got.startswith("!"):
                    got = "%d %s" % (len(raw), hexed(got))
                elif errors != "strict":
                    got = "!"
                yield "decode", encoding, errors, 1, raw, got
    table = codecs.charmap_decode(bytes(range(256)), "replace", encodings.cp1252.decoding_table)[0]
    assert len(table) == 256
    pool = "aZ+-~\\ \t\n!\x7f\xe9\xff\u20ac\u0416\ud800\udc80\udcff\U0001f600'"
    for _ in range(35):
        text = "".join(random.choices(pool[:random.choice((9, 13, 20))], k=random.randrange(8)))
        for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7",
                         "ascii", "latin-1", "cp1252", "unicode_escape", "raw_unicode_escape"):
            for errors in ("strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace",
                           "surrogateescape", "surrogatepass"):
                got = fault_or(text.encode, encoding, errors)
                if isinstance(got, bytes):
                    got = got.hex(" ")
                elif errors != "strict":
                    got = "!"
                yield "encode", encoding, errors, 1, text, got
    for _ in range(25):
        raw = b"".join(random.choices(ESCAPES, k=random.randrange(5)))
        got = outcome(codecs.escape_decode, raw, "replace")
        yield "escape_decode", "", "", 1, raw, got if isinstance(got, str) else got[0].hex(" ")
        got = codecs.escape_encode(raw)[0]
        yield "escape_encode", "", "", 1, raw, got.hex(" ")


HASHES = """
import sys
sys.path.insert(0, %r)
import expectations as e
for text in ["", "a", "ab", "abcdefgh", "abcdefghi", "\\xe9", "\\u20acuro", "\\U0001f600 abc", "x" * 100, "\\u0416" * 9]:
    print(e.esc("text"), %d, e.esc(text), hash(text), sep="\\t")
    raw = text.encode()
    print("bytes", %d, e.esc(raw), hash(raw), sep="\\t")
"""


def hash_cases():
    here = str(pathlib.Path(__file__).parent)
    for seed in (0, 1, 42, 4294967295):
        program = HASHES.replace("\\\\", "\\") % (here, seed, seed)
        out = subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": str(seed)},
                             capture_output=True, text=True, check=True).stdout
        for line in out.splitlines():
            kind, seed_text, text, value = line.split("\t")
            yield kind, seed_text, unesc(text), value
    for value in FLOATS:
        if value == value:
            yield "float", "", bits(value), hash(value)
    for value in [0, 1, -1, -2, 2**61 - 1, 2**61, 2**61 - 2, -(2**61 - 1), 2**63 - 1, -2**63, 2**30, 10**18]:
        yield "int", "", value, hash(value)
    for value in [2**61 - 1, 10**40, -10**40, 2**200 - 1, -1, -(2**61 - 1) * 7, 2**122]:
        digits = []
        rest = abs(value)
        while rest:
            digits.append(rest % 2**30)
            rest >>= 30
        yield "digits", "-" if value < 0 else "", " ".join(map(str, digits)), hash(value)
    for items in [(), (1,), (1, 2), (-1, 0, 5), tuple(range(50))]:
        yield "tuple", "", " ".join(map(str, items)), hash(items)
        yield "set", "", " ".join(map(str, set(items))), hash(frozenset(items))
    for value in [1 + 2j, -1 + 0j, 1.5 - 2.25j, 1e300j]:
        yield "complex", "", "%d %d" % (hash(value.real), hash(value.imag)), hash(value)


def unesc(field):
    return re.sub(r"\\\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), field)


TABLES = {"float": float_cases, "format": format_cases, "percent": percent_cases,
          "unicode": unicode_cases, "text": text_cases, "search": search_cases, "codecs": codec_cases,
          "hash": hash_cases}


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or TABLES:
        write(name, TABLES[name]())


if __name__ == "__main__":
    main()

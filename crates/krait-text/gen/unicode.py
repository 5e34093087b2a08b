"""Writes the Unicode tables under src/unicode/tables.

Run with CPython 3.14, whose database is Unicode 16.0.0: everything is read from the
behaviour of its str methods and its unicodedata module, so that what Krait answers
is what the reference answers. Tables are little-endian; `layout.rs` holds the sizes
and the short lists.
"""

import ctypes
import pathlib
import re
import struct
import subprocess
import unicodedata
from collections import Counter

OUT = pathlib.Path(__file__).parent.parent / "src" / "unicode" / "tables"
CODES = range(0x110000)
OLD = unicodedata.ucd_3_2_0
assert unicodedata.unidata_version == "16.0.0"

layout = []


def u16(values):
    return struct.pack("<%dH" % len(values), *values)


def u24(values):
    return b"".join(value.to_bytes(3, "little") for value in values)


def save(name, data):
    (OUT / (name + ".bin")).write_bytes(data)
    print("%-20s %7d" % (name, len(data)))


def save_trie(name, values):
    """Two stages: block numbers (u8 or u16), then the blocks' values (u8 or u16)."""
    best = None
    for shift in range(4, 9):
        size = 1 << shift
        blocks, index = {}, []
        for start in range(0, len(values), size):
            block = tuple(values[start:start + size])
            index.append(blocks.setdefault(block, len(blocks)))
        flat = [value for block in blocks for value in block]
        wide_index, wide_value = len(blocks) > 256, max(flat) > 255
        # The index ends where nothing but the last value follows.
        while len(index) > 1 and index[-1] == index[-2]:
            index.pop()
        total = len(index) * (1 + wide_index) + len(flat) * (1 + wide_value)
        if best is None or total < best[0]:
            best = total, shift, index, flat, wide_index, wide_value
    _, shift, index, flat, wide_index, wide_value = best
    save(name + "_index", u16(index) if wide_index else bytes(index))
    save(name + "_data", u16(flat) if wide_value else bytes(flat))
    def array(part, count, wide):
        read = "words(include_bytes!(\"%s_%s.bin\"))" if wide else "*include_bytes!(\"%s_%s.bin\")"
        layout.append("static %s_%s: [%s; %d] = %s;\n" % (
            name.upper(), part.upper(), "u16" if wide else "u8", count, read % (name, part)))

    array("index", len(index), wide_index)
    array("data", len(flat), wide_value)
    layout.append(
        "pub static %s: Trie<%s, %s> =\n    Trie { index: &%s_INDEX, data: &%s_DATA, shift: %d };\n"
        % (name.upper(), "u16" if wide_index else "u8", "u16" if wide_value else "u8",
           name.upper(), name.upper(), shift)
    )


def numbered(values):
    """The distinct values in order of first use, and each value's number."""
    numbers = {}
    return [numbers.setdefault(value, len(numbers)) for value in values], list(numbers)


ALPHA, DECIMAL, DIGIT, NUMERIC, LOWER, UPPER, TITLE, PRINTABLE, START, CONTINUE, CASED, IGNORABLE = (
    1 << bit for bit in range(12)
)


def class_of(code):
    c = chr(code)
    flags = 0
    for flag, holds in (
        (ALPHA, c.isalpha()),
        (DECIMAL, c.isdecimal()),
        (DIGIT, c.isdigit()),
        (NUMERIC, c.isnumeric()),
        (LOWER, c.islower()),
        (UPPER, c.isupper()),
        # A character that is not upper case, yet title case by itself.
        (TITLE, c.istitle() and not c.isupper()),
        (PRINTABLE, c.isprintable()),
        (START, c.isidentifier()),
        (CONTINUE, ("a" + c).isidentifier()),
        (CASED, (c + "a").title().endswith("a")),
        (IGNORABLE, ("A" + c + "\u03a3").lower().endswith("\u03c2")
         and (c + "\u03a3").lower().endswith("\u03c3")),
    ):
        if holds:
            flags |= flag
    return flags, unicodedata.decimal(c, 255), unicodedata.digit(c, 255)


def classes():
    numbers, records = numbered(class_of(code) for code in CODES)
    save_trie("class", numbers)
    save("class_flags", u16([flags for flags, _, _ in records]))
    layout.append("pub static CLASS_FLAGS: [u16; %d] = words(include_bytes!(\"class_flags.bin\"));\n" % len(records))
    save("class_digits", b"".join(bytes(record[1:]) for record in records))
    latin = [records[numbers[code]][0] for code in range(256)]
    layout.append("pub static LATIN1_FLAGS: [u16; 256] = %s;\n" % rust_list(latin))


def cases():
    specials = []
    seen = {}

    def mapping(code, text):
        if len(text) == 1:
            return ord(text) - code
        if text not in seen:
            seen[text] = len(specials)
            specials.extend([len(text), *map(ord, text)])
        return 0x0100_0000 | seen[text]

    def record(code):
        c = chr(code)
        return tuple(mapping(code, t) for t in (c.lower(), c.upper(), c.title(), c.casefold()))

    numbers, records = numbered(record(code) for code in CODES)
    save_trie("case", numbers)
    save("case_records", b"".join(struct.pack("<iiii", *record) for record in records))
    layout.append("pub static CASE_RECORDS: [i32; %d] = longs(include_bytes!(\"case_records.bin\"));\n"
                  % (len(records) * 4))
    save("case_specials", u24(specials))


def numeric_values():
    values = []
    for code in CODES:
        value = unicodedata.numeric(chr(code), None)
        values.append(None if value is None else float(value))
    numbers, distinct = numbered([None] + values)
    save_trie("numeric", numbers[1:])
    layout.append("pub static NUMERIC_VALUES: [f64; %d] = [0.0, %s];\n"
                  % (len(distinct), ", ".join(repr(value) for value in distinct[1:])))


def canonical_pairs():
    """Primary composites: (first, second, composed)."""
    pairs = []
    for code in CODES:
        parts = unicodedata.decomposition(chr(code)).split()
        if 0xAC00 <= code <= 0xD7A3:
            continue
        if len(parts) == 2 and not parts[0].startswith("<"):
            first, second = (int(part, 16) for part in parts)
            if unicodedata.normalize("NFC", chr(first) + chr(second)) == chr(code):
                pairs.append((first, second, code))
    return sorted(pairs)


def strings(values, name):
    distinct = sorted(set(values))
    layout.append("pub static %s: [&str; %d] = [%s];\n"
                  % (name, len(distinct), ", ".join('"%s"' % value for value in distinct)))
    return {value: number for number, value in enumerate(distinct)}


def database(pairs):
    seconds = {second for _, second, _ in pairs}
    seconds |= set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    category = strings((unicodedata.category(chr(c)) for c in CODES), "CATEGORIES")
    bidi = strings((unicodedata.bidirectional(chr(c)) for c in CODES), "BIDI_CLASSES")
    width = strings((unicodedata.east_asian_width(chr(c)) for c in CODES), "WIDTHS")

    def record(code):
        c = chr(code)
        quick = 0
        for bit, form in enumerate(("NFC", "NFD", "NFKC", "NFKD")):
            if code not in range(0xD800, 0xE000) and not unicodedata.is_normalized(form, c):
                quick |= 1 << bit
        if code in seconds:
            quick |= 1 << 4
        return (category[unicodedata.category(c)], bidi[unicodedata.bidirectional(c)],
                unicodedata.combining(c),
                width[unicodedata.east_asian_width(c)] | unicodedata.mirrored(c) << 7, quick)

    numbers, records = numbered(record(code) for code in CODES)
    save_trie("database", numbers)
    save("database_records", b"".join(bytes(record[:4]) for record in records))
    save("database_normal", u16([record[2] | record[4] << 8 for record in records]))
    layout.append("/// The combining class, and the quick-check bits above it.\n"
                  "pub static NORMAL: [u16; %d] = words(include_bytes!(\"database_normal.bin\"));\n"
                  % len(records))
    clean = [all(records[numbers[code]][2] == 0 and not records[numbers[code]][4] & 17
                 for code in range(start, start + 64)) for start in range(0, 0x110000, 64)]
    words = [sum(clean[start + bit] << bit for bit in range(64)) for start in range(0, len(clean), 64)]
    layout.append("/// A bit for each 64 code points: nothing there has a combining class, changes in\n"
                  "/// NFC or combines with what is before it.\n"
                  "pub static NFC_CLEAN: [u64; %d] = %s;\n" % (len(words), rust_list(map(hex, words))))
    return category, bidi, width


def decompositions(pairs):
    """Each entry: the number of the tag (0: canonical), the length, the code points."""
    # Hangul syllables are decomposed by arithmetic.
    texts = ["" if 0xAC00 <= code <= 0xD7A3 else unicodedata.decomposition(chr(code))
             for code in CODES]
    tags = [""] + sorted({text.split()[0] for text in texts if text.startswith("<")})
    layout.append("pub static DECOMPOSITION_TAGS: [&str; %d] = [%s];\n"
                  % (len(tags), ", ".join('"%s"' % tag for tag in tags)))
    data, seen, offsets = [0], {"": 0}, []
    for text in texts:
        if text not in seen:
            parts = text.split()
            tag = parts.pop(0) if text.startswith("<") else ""
            seen[text] = len(data)
            data += [tags.index(tag) << 8 | len(parts), *(int(part, 16) for part in parts)]
        offsets.append(seen[text])
    save_trie("decomposition", offsets)
    save("decompositions", u24(data))
    save("compositions", b"".join(u24(pair) for pair in pairs))


def hidden_names():
    """Names of aliases and named sequences, which only the capsule gives."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    capsule = pointer(unicodedata._ucnhash_CAPI, b"unicodedata._ucnhash_CAPI")
    kind = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)
    getname = kind(ctypes.c_void_p.from_address(capsule).value)
    buffer = ctypes.create_string_buffer(400)
    return [buffer.value.decode() for code in range(0xF0000, 0xF1000) if getname(code, buffer, 400, 1)]


def names():
    named, ranges = {}, []

    def add_range(prefix, code, visible):
        if ranges and ranges[-1][0] == prefix and ranges[-1][2] == code - 1 and ranges[-1][3] == visible:
            ranges[-1][2] = code
        else:
            ranges.append([prefix, code, code, visible])

    for code in CODES:
        name = unicodedata.name(chr(code), None)
        if name is None:
            for prefix in ("TANGUT IDEOGRAPH-", "CJK UNIFIED IDEOGRAPH-"):
                try:
                    if unicodedata.lookup("%s%04X" % (prefix, code)) == chr(code):
                        add_range(prefix, code, False)
                except KeyError:
                    pass
        elif not (0xAC00 <= code <= 0xD7A3):
            match = re.fullmatch("(.*[- ])([0-9A-F]{4,6})", name)
            if match and match[2] == "%04X" % code:
                add_range(match[1], code, True)
            else:
                named[code] = name
    layout.append("/// Names made of a prefix and the code point: (prefix, first, last, whether\n"
                  "/// `name` knows them; all can be looked up).\n"
                  "pub static NAME_RANGES: [(&str, u32, u32, bool); %d] = [%s];\n"
                  % (len(ranges), ", ".join('("%s", 0x%X, 0x%X, %s)'
                     % (p, a, b, str(v).lower()) for p, a, b, v in ranges)))
    aliases, sequences = [], []
    for name in hidden_names():
        (aliases if len(unicodedata.lookup(name)) == 1 else sequences).append(name)
    for number, name in enumerate(aliases):
        named[0x110000 + number] = name
    for number, name in enumerate(sequences):
        named[0x110000 + len(aliases) + number] = name
    layout.append("/// Where the numbers of aliases begin, and those of named sequences.\n"
                  "pub const FIRST_ALIAS: u32 = 0x110000;\n"
                  "pub const FIRST_SEQUENCE: u32 = 0x%x;\n" % (0x110000 + len(aliases)))
    save("aliases", u24([ord(unicodedata.lookup(name)) for name in aliases]))
    offsets, data = [], []
    for name in sequences:
        offsets.append(len(data))
        data += map(ord, unicodedata.lookup(name))
    save("sequences_index", u16(offsets + [len(data)]))
    save("sequences", u24(data))
    phrases(named)


def phrases(named):
    """Each name: its length in bytes, then the numbers of its words, the commonest in
    one byte, all others in two. Names stand in blocks of 16 code points."""
    words = Counter(word for name in named.values() for word in name.split(" "))
    order = [word for word, _ in words.most_common()]
    short = 256 - ((len(order) + 255) // 256 + 1)
    while short + (256 - short) * 256 < len(order):
        short -= 1
    number = {word: place for place, word in enumerate(order)}
    lexicon, starts = bytearray(), []
    for word in order:
        starts.append(len(lexicon))
        lexicon += word.encode()
    starts.append(len(lexicon))
    save("words", bytes(lexicon))
    save("words_index", u24(starts))
    layout.append("/// Words below this number take one byte in a phrase.\n"
                  "pub const SHORT_WORDS: usize = %d;\n" % short)
    data, blocks = bytearray(), []
    for block in sorted({code >> 4 for code in named}):
        blocks += [block, len(data)]
        for code in range(block << 4, (block + 1) << 4):
            phrase = bytearray()
            for word in named[code].split(" ") if code in named else ():
                place = number[word]
                if place < short:
                    phrase.append(place)
                else:
                    high, low = divmod(place - short, 256)
                    phrase += bytes((short + high, low))
            data.append(len(phrase))
            data += phrase
    save("phrases", bytes(data))
    save("phrases_index", u24(blocks))
    save("names_sorted", u24(sorted(named, key=lambda code: named[code])))


def old_database(category, bidi, width):
    """What Unicode 3.2.0 says differently."""
    new_values = [None]

    def numeric(value):
        value = float(value)
        if value not in new_values:
            new_values.append(value)
        return new_values.index(value)

    def change(code, read, same, number):
        then, now = read(OLD), read(unicodedata)
        return same if then == now else number(then)

    def record(code):
        c = chr(code)
        return (
            change(code, lambda d: d.category(c), 255, category.get),
            change(code, lambda d: d.bidirectional(c), 255, bidi.get),
            change(code, lambda d: d.decimal(c, 254), 255, int),
            change(code, lambda d: d.mirrored(c), 255, int),
            change(code, lambda d: d.east_asian_width(c), 255, width.get),
            change(code, lambda d: d.numeric(c, None), 255, lambda v: 254 if v is None else numeric(v)),
            change(code, lambda d: d.digit(c, 254), 255, int),
        )

    numbers, records = numbered(record(code) for code in CODES)
    save_trie("old", numbers)
    save("old_records", b"".join(bytes(record) for record in records))
    layout.append("pub static OLD_NUMERIC_VALUES: [f64; %d] = [0.0%s];\n"
                  % (len(new_values), "".join(", %r" % v for v in new_values[1:])))
    corrections = []
    for code in CODES:
        then, now = OLD.decomposition(chr(code)), unicodedata.decomposition(chr(code))
        if then != now and OLD.category(chr(code)) != "Cn":
            raise SystemExit("decomposition of %x differs: %r %r" % (code, then, now))
        if 0xD800 <= code < 0xE000:
            continue
        then, now = OLD.normalize("NFD", chr(code)), unicodedata.normalize("NFD", chr(code))
        if then != now and OLD.category(chr(code)) != "Cn":
            assert len(then) == 1
            corrections.append((code, ord(then)))
    layout.append("/// Canonical decompositions that were corrected after 3.2.0.\n"
                  "pub static OLD_DECOMPOSITIONS: [(u32, u32); %d] = [%s];\n"
                  % (len(corrections), ", ".join("(0x%X, 0x%X)" % pair for pair in corrections)))


def rust_list(values):
    return "[\n    " + ", ".join(map(str, values)) + ",\n]"


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    classes()
    cases()
    numeric_values()
    pairs = canonical_pairs()
    kinds = database(pairs)
    decompositions(pairs)
    names()
    old_database(*kinds)
    head = "//! Generated by gen/unicode.py from Unicode 16.0.0; do not edit.\n\nuse super::trie::{Trie, longs, words};\n\n"
    (OUT.parent / "layout.rs").write_text(head + "\n".join(layout).replace(
        'include_bytes!("', 'include_bytes!("tables/'))
    subprocess.run(["rustfmt", "--edition", "2024", OUT.parent / "layout.rs"], check=True)


if __name__ == "__main__":
    main()

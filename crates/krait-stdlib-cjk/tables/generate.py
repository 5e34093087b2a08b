"""Makes the tables of this folder from the codecs of a CPython that has them.

A table: 256 words for single bytes (a code point, or one of the marks below); two grids of
double bytes, the second for those after 0x8F (lead and trail bounds, then code points,
0 for none); the code points that do not encode to the first bytes that decode to them
(code point and bytes as a number, 0 for none). gb18030 also has the ranges of its codes of
four bytes: first linear number, first code point, length. Last come the bytes of characters
beyond the basic plane and of pairs of characters: bytes as a number, and two code points, the
second 0 for none. All words are little-endian.
"""
import pathlib
import struct
import sys

NAMES = ["gb2312", "gbk", "gb18030", "big5", "cp950", "euc_kr", "cp949", "johab",
         "shift_jis", "cp932", "euc_jp", "euc_jisx0213", "euc_jis_2004", "shift_jisx0213",
         "shift_jis_2004", "big5hkscs"]
EUC = ["euc_jp", "euc_jisx0213", "euc_jis_2004"]
PAIRS = ["euc_jisx0213", "euc_jis_2004", "shift_jisx0213", "shift_jis_2004", "big5hkscs"]
ILLEGAL, LEAD = 0xFFFFFFFF, 0xFFFFFFFE


def decode(data, name):
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    return ord(text) if len(text) == 1 and text < "\U00010000" else None


def odd_one(data, name):
    """Two code points of what does not fit into a grid."""
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    if len(text) == 1:
        return (ord(text), 0) if text > "\uffff" else None
    return ord(text[0]), ord(text[1])


def single(byte, name):
    try:
        return ord(bytes([byte]).decode(name))
    except UnicodeDecodeError as error:
        return LEAD if "incomplete" in error.reason else ILLEGAL


def grid(prefix, name, leads):
    pairs = {(a, b): c for a in leads for b in range(256)
             if (c := decode(prefix + bytes([a, b]), name))}
    if not pairs:
        return struct.pack("<4H", 1, 0, 1, 0), pairs
    rows, columns = [p[0] for p in pairs], [p[1] for p in pairs]
    low, high, left, right = min(rows), max(rows), min(columns), max(columns)
    words = [pairs.get((a, b), 0) for a in range(low, high + 1) for b in range(left, right + 1)]
    return struct.pack("<4H", low, high, left, right) + struct.pack(f"<{len(words)}H", *words), pairs


def table(name):
    singles = [single(byte, name) for byte in range(256)]
    first = {}
    for byte, code in enumerate(singles):
        if code < LEAD:
            first.setdefault(code, byte)
    out = struct.pack("<256I", *singles)
    leads = [byte for byte in range(256) if singles[byte] == LEAD]
    for prefix in (b"", b"\x8f"):
        has = not prefix or name in EUC
        data, pairs = grid(prefix, name, leads if has and not prefix else range(0xA1, 0xFF) if has else [])
        if not prefix:
            pairs = {k: v for k, v in pairs.items() if not (name in EUC and k[0] == 0x8F)}
        out += data
        for (a, b), code in sorted(pairs.items()):
            first.setdefault(code, int.from_bytes(prefix + bytes([a, b]), "big"))
    odd = []
    for code in [*range(0xD800), *range(0xE000, 0x10000)]:
        try:
            encoded = chr(code).encode(name)
        except UnicodeEncodeError:
            encoded = b""
        number = int.from_bytes(encoded, "big") if len(encoded) < 4 else 0
        if encoded == b"\0":
            continue
        if number != first.get(code, 0):
            odd.append((code, number))
    out += struct.pack("<I", len(odd)) + b"".join(struct.pack("<2I", *pair) for pair in odd)
    if name == "gb18030":
        ranges = []
        for code in [*range(0x80, 0xD800), *range(0xE000, 0x10000)]:
            a = chr(code).encode(name)
            if len(a) == 4:
                linear = ((a[0] - 0x81) * 10 + a[1] - 0x30) * 1260 + (a[2] - 0x81) * 10 + a[3] - 0x30
                if ranges and ranges[-1][0] + ranges[-1][2] == linear and ranges[-1][1] + ranges[-1][2] == code:
                    ranges[-1][2] += 1
                else:
                    ranges.append([linear, code, 1])
        out += struct.pack("<I", len(ranges)) + b"".join(struct.pack("<3I", *r) for r in ranges)
    if name in PAIRS:
        extras = []
        for prefix in (b"", b"\x8f") if name in EUC else (b"",):
            for a in leads if not prefix else range(0xA1, 0xFF):
                if name in EUC and not prefix and a == 0x8F:
                    continue
                for b in range(256):
                    data = prefix + bytes([a, b])
                    if found := odd_one(data, name):
                        extras.append((int.from_bytes(data, "big"), *found))
        out += struct.pack("<2I", 0, len(extras))
        out += b"".join(struct.pack("<3I", *extra) for extra in extras)
    return out


folder = pathlib.Path(__file__).parent
for name in sys.argv[1:] or NAMES:
    (folder / f"{name}.bin").write_bytes(table(name))

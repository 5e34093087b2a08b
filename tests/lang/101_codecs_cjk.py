"""Encodings with pairs of characters and with escape sequences; handlers that exchange the
bytes."""
import codecs

TEXTS = {
    "euc_jis_2004": "\u304b\u309a \u00e6\u0300\u00e6 \U0002000b\u4e02",
    "euc_jisx0213": "\u304b\u309a\u304b \u4fe0\uff5e",
    "shift_jis_2004": "\u00a5\u203e\u304b\u309a\U0002a6b2\\",
    "shift_jisx0213": "\u304d\u309a\u3042\uff71",
    "big5hkscs": "\u00ca\u0304\u00ca\U000201a9\u6b63",
    "iso2022_jp": "abc\u3042\u00a5\n\u6f22z",
    "iso2022_jp_1": "\u4e02\u3042",
    "iso2022_jp_2": "\u00e9\uac00\u4f60\u8fd9",
    "iso2022_jp_3": "\u304b\u309a\u304b\U0002000b\u4e02",
    "iso2022_jp_2004": "\u00e6\u0300\u00e6\u4ff1",
    "iso2022_jp_ext": "\uff71\u3042",
    "iso2022_kr": "\uac00\n\uac01a",
}
for name, text in TEXTS.items():
    data = text.encode(name)
    print(name, data, data.decode(name) == text)
    writer = codecs.getincrementalencoder(name)()
    pieces = [writer.encode(c) for c in text] + [writer.encode("", True)]
    print(b"".join(pieces) == data)
    reader = codecs.getincrementaldecoder(name)()
    print("".join(reader.decode(bytes([b])) for b in data) == text)

print(b"\x1b.A\x1bNi".decode("iso2022_jp_2"), ascii(b"\x1b$def".decode("iso2022_jp", "replace")))
print(b"ab\x1bNdef".decode("iso2022_jp"), ascii(b"\x1b$(D\"7".decode("iso2022_jp_3", "replace")))

encoder = codecs.getincrementalencoder("euc_jis_2004")()
print(encoder.encode("\u00e6"), hex(encoder.getstate()))
copy = codecs.getincrementalencoder("euc_jis_2004")()
copy.setstate(encoder.getstate())
print(copy.encode("\u0300"), encoder.encode("", True))
encoder = codecs.getincrementalencoder("iso2022_jp")()
print(hex(encoder.getstate()), encoder.encode("\u3042"), hex(encoder.getstate()))
decoder = codecs.getincrementaldecoder("iso2022_kr")()
print(decoder.decode(b"\x1b$)C\x0e0"), decoder.getstate())
decoder.setstate((b"", 0xFF))
try:
    decoder.decode(b"!", True)
except UnicodeDecodeError as error:
    print(error)


def longer(error):
    error.object = b"\x00" * 8
    return "\ufffd", error.start


codecs.register_error("test.longer", longer)
print(ascii(b"\x00".decode("utf-16", "test.longer")), ascii(b"\x00".decode("utf-32", "test.longer")))


def other(error):
    if isinstance(error.object, bytes) and len(error.object) > 3:
        error.object = b"b\xffc"
        return "<", 0
    return "?", error.end


codecs.register_error("test.other", other)
for name in "ascii", "utf-8", "utf-7":
    print(b"aaa\xffbbb".decode(name, "test.other"))


def not_bytes(error):
    error.object = "text"


codecs.register_error("test.not_bytes", not_bytes)
try:
    b"\xff".decode("ascii", "test.not_bytes")
except TypeError as error:
    print(type(error).__name__)

try:
    "[\udc80\ud800]".encode("utf-8", "surrogateescape")
except UnicodeEncodeError as error:
    print(error.start, error.end)

# identifiers, normalisation, escapes and encodings of source text
café, größe, 变量, переменная, ñ_1, _é = 1, 2, 3, 4, 5, 6
print(café + größe + 变量 + переменная + ñ_1 + _é)
ﬁ = "ligature"; print(fi, "fi" in globals(), "ﬁ" in globals())
K = "kelvin sign"; print(K, ℌ := "black letter", H)
class Ünï:
    ä = 1
    def мéтод(self, ключ="v", **kw): return ключ, kw
u = Ünï(); print(u.ä, u.мéтод(), u.мéтод(ключ=2, ﬃ=3), Ünï.__name__, hasattr(u, "мéтод"), getattr(u, "ä"))
def f(ｆｕｌｌ): return full
print(f(full=5), f.__code__.co_varnames)
print("é" == "e\u0301", "\u00e9" == "\N{LATIN SMALL LETTER E WITH ACUTE}", len("👨‍👩‍👧"), len("é"), "\x41\101\u0041\U00000041\N{LATIN CAPITAL LETTER A}", ascii("日本\u200b\ud800\x7f\xad"), "\
joined", r"\u0041 \N{x}", b"\x41\101\n\\", "\a\b\f\v\0"[0:4].encode(), '\'"', "\'\"", """a"b""c'''d""", 'tab\there', "\N{DIGIT ONE}\N{SNOWMAN}")
for bad in ("€ = 1", "a² = 1", "x·y = 1", "1é = 2", "é² = 1", "a\u0301 = 1", "\u0301a = 1", "·x = 1", "x\u200d = 1", "😀 = 1", "«x»", "x‑y", "a\u3000b", "’a’", "x；", "f（x）", "０ = 1", "x = ０", "x = ²", "class 1A: pass", "ªº = 1", "℘ = 1", "℮ = 1", "x = '\ud800'", "'\\ud800'", "def ﬀ(ff): return ﬀ", "\u2118\u00b7 = 1", "𝐱 = 1; print(x)", "ſ = 1; print(s)", "import ｏｓ; os", "ｉｆ = 1", "not ﬁnally"):
    try: exec(compile(bad, "<u>", "exec"), {}); print(ascii(bad), "ok")
    except SyntaxError as e: print(ascii(bad), "->", ascii(e.msg), e.offset)
    except Exception as e: print(ascii(bad), "->", type(e).__name__, ascii(str(e)))
for enc, text in (("utf-8", "x = 'é日😀'"), ("latin-1", "x = 'é'"), ("cp1252", "x = '€'"), ("shift_jis", "x = '日本'"), ("utf-8-sig", "x = 'é'"), ("koi8-r", "x = 'ж'"), ("iso-8859-15", "x = '€'"), ("ascii", "x = 'a'"), ("big5", "x = '中'"), ("euc-kr", "x = '한'")):
    ns = {}; exec(f"# -*- coding: {enc} -*-\n{text}".encode(enc), ns); print(enc, ns["x"])
for head in ("# coding=utf-8", "#!/usr/bin/python\n# vim: set fileencoding=latin-1 :", "\n# coding: latin-1", "\n\n# coding: latin-1", "x = 1 # coding: latin-1", "# -*- coding: UTF-8 -*-", "# coding: utf_8", "# no", "'''\n# coding: latin-1'''", "# coding: latin-1 \\"):
    try: ns = {}; exec(head.encode() + b"\ny = '\xc3\xa9'", ns); print(repr(head), ascii(ns["y"]))
    except SyntaxError as e: print(repr(head), "->", e.msg)
print(eval("'\\x41'"), eval("'\\\n'"), eval('"""a\\\nb"""'), eval("b'\\xff'"), eval("'a\\\r\nb'"), repr(eval("'''a\r\nb\rc'''")), eval("(1,\n\f 2)"), eval("1 \\\n+ 2"), eval("\t 1"), eval("0x_f"), eval("1_0.0_1e1_0"), eval("0B1_0"), eval("1_000j"), eval("0_0"))
exec("if 1:\n\tx = 1\n\ty = 2\nprint(x + y)"); exec("if 1:\n \tx = 3\n \ty = 4\nprint(x + y)"); exec("x = 1;\ny = 2;;" if False else "x = 1; y = 2;\nprint(x, y)"); exec("\n\n  # comment\n\nprint('after blank lines')\n   \n"); exec("if 1:\n  pass\n# dedented comment\n  \nprint('ok')"); exec("print('no newline at end') # c"); exec("print('form feed')\n\f\nprint('after')"); exec("x = [\n1,\n # inside\n\n2]\nprint(x)"); exec("def f():\n    pass\n\n\n\n\nprint('crlf')\r\nprint(1)\r\n")
for lit in ("'\\N{LATIN SMALL LETTER A}'", "'\\N{latin small letter a}'", "'\\N{BELL}'", "'\\N{NULL}'", "'\\N{KEYCAP NUMBER SIGN}'", "'\\N{HANGUL SYLLABLE GA}'", "'\\N{CJK UNIFIED IDEOGRAPH-4E00}'", "'\\N'", "'\\N{'", "'\\N{}'", "'\\x'", "'\\xg1'", "'\\u123'", "'\\U0011ffff'", "'\\777'", "'\\400'", "b'\\777'", "'\\8'", "b'\\u0041'"):
    try: print(lit, ascii(eval(lit)))
    except SyntaxError as e: print(lit, "->", e.msg)
import unicodedata as ud
print(ud.unidata_version, ud.name("é"), ud.lookup("SNOWMAN"), ud.category("a"), ud.bidirectional("א"), ud.combining("\u0301"), ud.east_asian_width("日"), ud.mirrored("("), ud.decimal("٣"), ud.digit("²"), ud.numeric("½"), ud.decomposition("é"), [ascii(ud.normalize(n, "éﬁ²")) for n in ("NFC", "NFD", "NFKC", "NFKD")], ud.is_normalized("NFC", "e\u0301"), ud.name("\u0378", "none"), ud.name("한"), ud.category("\ue000"), ud.category("\u0378"))
for f in (lambda: ud.name("\0"), lambda: ud.lookup("NO SUCH"), lambda: ud.decimal("a"), lambda: ud.normalize("X", "a"), lambda: ud.category("ab")):
    try: print(f())
    except (ValueError, KeyError, TypeError) as e: print(type(e).__name__, e)
print("ǅ".swapcase(), "ß".upper(), "ŉ".upper(), "İi".lower().encode(), "ΌΣΟΣ".lower(), "ﬀ".title(), "ὈΔΥΣΣΕΎΣ".lower(), "straße".casefold() == "STRASSE".casefold(), "Ⅷ".lower(), "ꮜ".upper(), "𐐨".upper(), sorted(["é", "z", "e", "É", "日", "😀"]), "é" < "z", max("aé日😀"), "日本語テキスト"[2:4], "😀x"[::-1], "a😀b".find("b"), "😀😀".count("😀"), "x😀".index("😀"), "日".join("ab"), "é日😀".encode("utf-16-be").hex(), "😀".encode("utf-8"), len("😀".encode("utf-16-le")), "é" in {"é": 1}, hash("é") == hash("\u00e9"))

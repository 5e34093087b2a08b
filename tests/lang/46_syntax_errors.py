def err(src, mode="exec"):
    try:
        compile(src, "<src>", mode)
        print(repr(src), "compiles")
    except SyntaxError as e:
        print(repr(src) if len(src) < 80 else repr(src[:77]) + "...", "->", type(e).__name__, e.msg, e.lineno)
    except Exception as e:
        print(repr(src), "->", type(e).__name__, e)
for s in ("x = = 1", "1 +", "(", "[1, 2", "{1: 2", ")", "(]", "{1, 2)", "'abc", '"abc', "'''abc", "f'{x'", "x = 'a\nb'", "a b", "a b c", "print 1", "exec 'x'", "print a, b", "if x = 1: pass", "while x = 1: pass", "if x pass", "if x:\npass", "if x:", "else: pass", "elif x: pass", "for x in y pass", "for x y: pass", "for 1 in x: pass", "while: pass", "def f(: pass", "def f() pass", "def f():", "def (x): pass", "def f(x, x): pass", "class C pass", "class C(: pass", "class : pass", "return", "yield 1", "await x", "break", "continue", "import", "import a.", "from x import", "from import x", "from . import", "from x import (a, b", "from x import a,", "from x import *, a", "import a as", "import a as b.c", "try: pass", "try:\n pass\nfoo", "except: pass", "finally: pass", "try:\n pass\nexcept:\n pass\nexcept X:\n pass", "with x", "with x as 1: pass", "raise x from", "raise from x", "assert", "del", "del 1", "del f()", "del x + 1", "del (x, 1)", "global", "global 1", "nonlocal x", "lambda", "lambda x", "lambda x: ", "x if y", "x if y else", "not", "x not y", "x in", "x is", "1 = x", "None = 1", "True = 1", "f() = 1", "x + 1 = 2", "'a' = 1", "[1] = x", "(1, x) = y", "x = y = 1 = z", "x == 1 = y", "-x = 1", "x.y() = 1", "a, b += 1", "f() += 1", "1 += 1", "x: int: str", "x: = 1", "[x for x]", "[x for x in]", "[for x in y]", "[x for x in y if]", "(x for x in y, 1)", "{x: y for}", "{**x for x in y}", "[*x for x in y]", "{x: *y}", "{x:}", "{x: y, z}", "{x, y: z}", "{: x}", "f(x for x in y, z)", "f(**x, *y)", "f(x=1, y)", "f(x=1, x=2)", "f(1=2)", "f(x.y=2)", "f(True=1)", "f(a, b=)", "f(a for a in b, c for c in d)", "f(**)", "f(*)", "x[", "x[]", "x[1:2:3:4]", "x.", "x.1", ".x", "x..y", "1.x", "1_", "1__0", "0x", "0xg", "0b2", "0o8", "012", "1e", "1.e+", "1abc", "0_7", "1if 2else 3", "1_000_", "1.5abc", "5j6", "$x", "x ? y", "x!", "x!y", "a <> b", "a && b", "x++", "++x", "x--", "@", "@x", "@x\nx = 1", "\\", "x\\y", "x \\ ", "x = \\", "“x”", "x = 5€", "\u00a0x", "x\u200b = 1", "a\x00b", "async x", "async def f: pass", "async for x in y: pass", "async with x: pass", "match x:", "match x:\n case", "match x:\n case 1 pass", "type X", "type X =", "type 1 = 2", "x := 1", "(x := 1, y := 2)", "f(x := 1)", "f(x := 1, y=z := 2)", "(x.y := 1)", "(x[0] := 1)", "((a, b) := 1)", "lambda: (yield)", "def f(a=1, b): pass", "def f(*): pass", "def f(*, ): pass", "def f(*a, *b): pass", "def f(**k, a): pass", "def f(/): pass", "def f(a, /, b, /): pass", "def f(*, /): pass", "def f(a, *, /): pass", "def f(*a=1): pass", "def f(**k=1): pass", "def f(a:): pass", "def f(1): pass", "def f((a, b)): pass", "def f(a.b): pass", "lambda *: 0", "lambda a=1, b: 0", "lambda (a): 0", "b'é'", "b'a' 'b'", "u'a' b'b'", "'\\N{nope}'", "'\\x1'", "'\\u12'", "'\\U00110000'", "b'\\x1'", "f'{}'", "f'{x!}'", "f'{x!z}'", "f'{x:{y:{z}}}'", "f'}'", "f'{a b}'", "f'{x = !}'", "from __future__ import braces", "from __future__ import nope", "x = 1\nfrom __future__ import annotations", "x\n  y", "if 1:\n  x\n y", "if 1:\n\tx\n        y", "  x = 1", "def f():\n    x\n   y", "class C:\nx = 1", "if 1:\n  pass\n  else:\n  pass", "try:\nx", "with a:\nx", "for x in y:\nz", "while 1:\nx", "def f():\nx", "x = (\n1,\n2", "x = [\n1\n2]", "foo(a, b for b in range(5), c)", "a = 3 4", "print(a b)", "x = {1:2, 3:4, 5}", "call(a=1, b 2)", "(a, b): int", "a, b: int", "import a, ", "from a import b c", "if a: b else: c", "while True print(1)", "pass x", "x = yield = 1", "def f(): return x y", "None.x = 1", "a.True", "a.None", "def None(): pass", "class True: pass", "import None", "import x as True", "for None in x: pass", "with x as None: pass", "except* X", "global x, 1", "1 if 2", "*x", "*x = 1", "print(*)", "x = *y", "return *x", "for x in *a, b: pass", "del *x", "{*x: 1}", "f(x)(", "if (x := 1) = 2: pass", "__debug__ = 1", "def f(__debug__): pass", "f(__debug__=1)", "import __debug__", "'a' f'{' 'b'", "try:\n pass\nexcept* X:\n pass\nexcept Y:\n pass", "try:\n pass\nexcept X, Y as z:\n pass", "while 1:\n try: pass\n finally: contine", "a ! b", "class C:\n def f(self):\n  return\n x y"):
    err(s)
for s in ("", "x = 1", "1 2", "pass", "x; y", "(yield)"):
    err(s, "eval")
for s in ("", "x\ny", "x = 1", "if 1: pass", "if 1:\n x\n", "if 1:\n x", "1 +"):
    err(s, "single")
err("(" * 300 + ")" * 300)
err("[" * 100 + "]" * 100)
err("x = " + "-" * 50 + "1")
err("if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 105)) + " " * 105 + "pass")
err("def f():\n" + "".join(" " * i + f"for a{i} in x:\n" for i in range(1, 25)) + " " * 25 + "pass")
err("x", "nope")
for bad in (b"x = '\xff'", b"\xff\xfe", b"# coding: latin-1\nx = '\xe9'", b"# coding: nope\n", b"# -*- coding: utf-8 -*-\nx = '\xe9'", b"\xef\xbb\xbfx = 1", b"\xef\xbb\xbf# coding: latin-1\nx=1", b"x = 1\0"):
    try:
        ns = {}
        exec(bad, ns)
        print(bad, "runs", ascii(ns.get("x")))
    except (SyntaxError, ValueError) as e:
        print(bad, "->", type(e).__name__, e)
e = SyntaxError("msg", ("file", 1, 2, "text", 3, 4))
print(e, e.filename, e.lineno, e.offset, e.text, e.end_lineno, e.end_offset, e.args, repr(e), SyntaxError("only"), SyntaxError(), e.print_file_and_line)
try:
    SyntaxError("m", (1, 2))
except TypeError as t:
    print(t)

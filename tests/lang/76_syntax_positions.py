def err(src, mode="exec"):
    try:
        compile(src, "<src>", mode)
        print(repr(src), "compiles")
    except SyntaxError as e:
        print(repr(src) if len(src) < 80 else repr(src[:77]) + "...", "->", type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text) if e.text is None or len(e.text) < 60 else "...")
    except Exception as e:
        print(repr(src), "->", type(e).__name__, e)
for s in ("x = = 1", "1 +", "a b", "print 1", "print a, b", "if x = 1: pass", "if x pass", "if x:\npass", "for x in y pass", "for 1 in x: pass", "while: pass", "def f() pass", "def f(x, x): pass", "class C pass", "return", "yield 1", "break", "import a.", "from x import a,", "import a as b.c", "try:\n pass\nfoo", "with x as 1: pass", "raise x from", "del f()", "del x + 1", "nonlocal x", "x if y", "x not y", "1 = x", "None = 1", "f() = 1", "x + 1 = 2", "[1] = x", "(1, x) = y", "-x = 1", "f() += 1", "[x for x]", "(x for x in y, 1)", "{**x for x in y}", "[*x for x in y]", "{x: *y}", "{x:}", "{x, y: z}", "f(x for x in y, z)", "f(**x, *y)", "f(x=1, y)", "f(1=2)", "f(True=1)", "f(a, b=)", "x[]", "x..y", "$x", "a <> b", "x++", "@\nx", "x = 1\ny = = 2\n", "async x", "type 1 = 2", "x := 1", "(x.y := 1)", "f(x := 1, y=z := 2)", "def f(a=1, b): pass", "def f(*a, *b): pass", "def f(a, /, b, /): pass", "def f(1): pass", "lambda *: 0", "x\n  y", "  x = 1", "if 1:\n  x\n y", "def f():\n    x\n   y", "try:\nx", "a = 3 4", "print(a b)", "call(a=1, b 2)", "(a, b): int", "*x = 1", "x = *y", "del *x", "global x, 1", "a.True", "def None(): pass", "None.x = 1; a.None = 1", "é = = 1", "日本語 + = 2", "x = '日本' 5", "'😀' = 1", "f(é=1, é=2)", "(", "[1, 2", "{1: 2", ")", "(]", "'abc", "\"\"\"abc", "x = (\n1,\n2", "f(\n  a b,\n)", "f'{a b}'", "f'{x!z}'", "f'{}'", "x = f'a{1 +}b'", "assert x = 1", "x = yield = 1", "0b2", "012", "1abc", "1__0", "“x”", "a\x00b", "x\\y"):
    err(s)
for bad in (SyntaxError("m", ("f", 1, 1, "abc\n", 1, 3)), IndentationError("i", ("f", 2, None, None)), SyntaxError("only text")):
    import traceback
    print("".join(traceback.format_exception_only(bad)))
for s in ("x = = 1", "if 1:\nx", "f(a b)", "x = 'é' 1", "print 'a'", "'abc", "(1,\n 2", "\tx = $", "a = 1 +\\\n ="):
    try:
        compile(s, "name.py", "exec")
    except SyntaxError as e:
        print("".join(traceback.format_exception_only(e)))

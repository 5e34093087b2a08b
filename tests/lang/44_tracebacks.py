import traceback, sys
def show(e, **k):
    """The text without the paths of files."""
    for line in "".join(traceback.format_exception(e, **k)).splitlines():
        if 'File "' in line:
            before, _, rest = line.partition('File "')
            path, _, rest = rest.partition('"')
            line = before + 'File "' + path.rpartition("/")[2] + '"' + rest
        print(line)
def attempt(f, **k):
    try:
        f()
    except BaseException as e:
        show(e, **k)
    print("---")
def a(): return b(1, 2)
def b(x, y):
    return x + c(y) * 2
def c(y):
    return {"k": [y]}["k"][0]["missing"]
attempt(a)
def ops1(): return 1 + 2 / 0 - 3
def ops2():
    x = None
    return (1 + 2) * x.attr.more + 5
def ops3():
    d = {"a": {"b": None}}
    return d["a"]["b"]["c"]["d"]
def ops4(): return [1, 2, 3][10] + 5
def ops5():
    return max(
        1,
        2 + None,
        3,
    )
def ops6(): foo = "a"; return foo.upper().lower().nope().strip()
def ops7(): assert 1 == 2, f"message {1 + 1}"
def ops8(): x = 5; x(1, 2)(3)
def ops9(): return (lambda q: q.zz)(5)
def ops10(): return [i / 0 for i in range(3)]
def ops11(): del undefined_thing
def ops12():
    for i in 5: pass
def ops13():
    a, b = 1, 2, 3
def ops14(): import nonexistent_module_x
def ops15(): from sys import nonexistent_name_y
def ops16():
    with 5 as x: pass
def ops17(): raise ValueError("a\nmulti-line\nmessage")
def ops18(): raise KeyError("quoted")
def ops19(): raise ValueError
def ops20(): return f"{1 / 0} text"
def ops21(): return -"a"
def ops22(): return 1 < "a" < 2
def ops23(): x = 1; x.y = 2
def ops24(): x = [1]; x["a"] = 2; 
def ops25(): x = 5; x += "a"
def ops26(): return not_defined_name + 1
def ops27(): return "é日本" + (1 / 0)
def ops28(): return "😀😀" + 1 + "日本語"
def ops29():
    return (
        1 +
        2 +
        None
    )
def ops30(): f(1, *[2], **{"k": 3})(4)[5].x
def f(*a, **k): raise TypeError("in f")
for n in range(1, 31):
    attempt(globals()[f"ops{n}"])
def chain():
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise ValueError("second") from e
attempt(chain)
def context():
    try:
        {}["k"]
    except KeyError:
        undefined_in_handler
attempt(context)
def suppressed():
    try: 1 / 0
    except ZeroDivisionError: raise TypeError("alone") from None
attempt(suppressed)
def three():
    try:
        try: 1 / 0
        except ZeroDivisionError: raise KeyError("two")
    except KeyError as e: raise ValueError("three") from e
attempt(three)
attempt(three, chain=False)
def notes():
    e = ValueError("with notes")
    e.add_note("first note")
    e.add_note("second\nin two lines")
    raise e
attempt(notes)
def rec(n):
    if n == 0: raise ValueError("deep")
    rec(n - 1)
attempt(lambda: rec(10))
attempt(lambda: rec(10), limit=2)
attempt(lambda: rec(10), limit=-2)
def mutual_a(n): mutual_b(n - 1) if n else 1 / 0
def mutual_b(n): mutual_a(n)
attempt(lambda: mutual_a(3))
def infinite(): infinite()
attempt(infinite)
def group():
    excs = []
    for f in (ops1, ops18):
        try: f()
        except Exception as e: excs.append(e)
    raise ExceptionGroup("group", [*excs, ExceptionGroup("inner", [ValueError("leaf")])])
attempt(group)
class Custom(Exception):
    def __str__(self): return "custom text"
class BadStr(Exception):
    def __str__(self): raise ValueError
class Outer:
    class Inner(Exception): pass
    def method(self): raise self.Inner("nested class")
def e1(): raise Custom(1)
def e2(): raise BadStr
def e3(): Outer().method()
for e in (e1, e2, e3): attempt(e)
def gen():
    yield 1
    raise ValueError("in generator")
def e4(): return list(gen())
attempt(e4)
def deco(fn):
    def wrapper(*a): return fn(*a)
    return wrapper
@deco
def decorated(): 1 / 0
attempt(decorated)
class K:
    @property
    def p(self): return self.q
    def __getattr__(self, n): raise AttributeError(f"no {n}")
    def __add__(self, o): return o.missing
attempt(lambda: K().p)
attempt(lambda: K() + 5)
attempt(lambda: exec("def g():\n  1/0\ng()"))
attempt(lambda: eval("1 + 'a'"))
attempt(lambda: exec("x = = 1"))
attempt(lambda: exec("if 1:\nx", {}))
attempt(lambda: exec("f(a b)"))
try: ops1()
except Exception as e:
    tb = e.__traceback__
    print([(f.name, f.lineno - sys._getframe().f_code.co_firstlineno > 0, f.line, f.colno, f.end_colno) for f in traceback.extract_tb(tb)])
    print(traceback.format_exception_only(e), traceback.format_exception_only(type(e), e), len(traceback.format_tb(tb)))
    te = traceback.TracebackException.from_exception(e, capture_locals=True)
    print(te.exc_type_str, str(te), te.stack[-1].name, te.stack[-1].locals)
    print(list(te.format_exception_only()))
print(traceback.format_exception_only(SyntaxError("msg", ("f.py", 3, 5, "some bad code\n", 3, 8))))
print(traceback.format_exception_only(ImportError("x")), traceback.format_exception_only(None), traceback.format_exception(None))
def stack(): return [f.name for f in traceback.extract_stack()]
def stack2(): return stack()
print(stack2())
def lineno():
    try:
        x = (1,
             2,
             1 / 0,
             3)
    except ZeroDivisionError as e:
        return e.__traceback__.tb_lineno - lineno.__code__.co_firstlineno
print(lineno())

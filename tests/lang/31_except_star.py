def show(eg, indent=0):
    pad = "  " * indent
    if isinstance(eg, BaseExceptionGroup):
        print(pad + type(eg).__name__, repr(eg.message))
        for e in eg.exceptions:
            show(e, indent + 1)
    else:
        print(pad + repr(eg))
eg = ExceptionGroup("top", [ValueError(1), TypeError(2), ExceptionGroup("in", [ValueError(3), KeyError(4)])])
print(eg, repr(eg), eg.message, eg.exceptions[0], str(eg), eg.args)
try:
    raise eg
except* ValueError as e:
    show(e)
except* TypeError as e:
    show(e)
except* (KeyError, IndexError) as e:
    show(e)
else:
    print("never")
finally:
    print("finally")
try:
    try:
        raise eg
    except* ValueError:
        print("values handled")
except ExceptionGroup as rest:
    show(rest)
try:
    raise ValueError("bare")
except* ValueError as e:
    show(e)
try:
    pass
except* ValueError:
    print("never")
else:
    print("else")
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError:
        raise
except ExceptionGroup as e:
    show(e)
try:
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3)])
    except* ValueError as e:
        raise KeyError("new") from e
    except* TypeError as e:
        raise IndexError("new2")
except ExceptionGroup as e:
    show(e)
    for x in e.exceptions:
        print(type(x).__name__, "cause", repr(x.__cause__), "context", repr(x.__context__))
try:
    try:
        raise ValueError("bare")
    except* TypeError:
        print("never")
except ValueError as e:
    print("unwrapped", repr(e))
try:
    try:
        raise ValueError("bare")
    except* ValueError:
        raise
except BaseException as e:
    show(e)
def attempt(f):
    try:
        print(f())
    except BaseException as e:
        print(type(e).__name__ + ":", e)
attempt(lambda: ExceptionGroup("m", []))
attempt(lambda: ExceptionGroup("m", [5]))
attempt(lambda: ExceptionGroup("m", 5))
attempt(lambda: ExceptionGroup("m"))
attempt(lambda: ExceptionGroup(5, [ValueError()]))
attempt(lambda: ExceptionGroup("m", [KeyboardInterrupt()]))
attempt(lambda: type(BaseExceptionGroup("m", [ValueError()])).__name__)
attempt(lambda: type(BaseExceptionGroup("m", [KeyboardInterrupt()])).__name__)
def star_group():
    try:
        raise ValueError
    except* ExceptionGroup:
        pass
attempt(star_group)
def star_not_exc():
    try:
        raise ValueError
    except* 5:
        pass
attempt(star_not_exc)
m, r = eg.split(ValueError)
show(m)
show(r)
show(eg.subgroup(lambda e: "3" in str(e)))
print(eg.subgroup(OSError), eg.split(OSError)[0], eg.subgroup(ExceptionGroup) is eg, eg.subgroup((KeyError,)))
attempt(lambda: eg.split(5))
attempt(lambda: eg.subgroup())
class MyGroup(ExceptionGroup):
    def __new__(cls, message, excs, code=0):
        self = super().__new__(cls, message, excs)
        self.code = code
        return self
    def derive(self, excs):
        return MyGroup(self.message, excs, self.code)
g = MyGroup("mine", [ValueError(1), TypeError(2)], 7)
g.add_note("a note")
g.__cause__ = OSError("the cause")
m, r = g.split(ValueError)
print(type(m).__name__, m.code, m.__notes__, repr(m.__cause__), type(r).__name__, r.code)
class Plain(ExceptionGroup): pass
print(type(Plain("p", [ValueError()]).subgroup(ValueError)).__name__, type(Plain("p", [ValueError(), TypeError()]).subgroup(ValueError)).__name__)
def nested_flow():
    for i in range(3):
        try:
            if i == 1:
                raise ExceptionGroup("loop", [ValueError(i)])
            print("iteration", i)
        except* ValueError as e:
            print("handled", e.exceptions)
    try:
        try:
            raise ExceptionGroup("a", [ValueError("v"), KeyError("k")])
        except* ValueError as e:
            print("name bound", e.exceptions)
        except* KeyError:
            print("keys")
    finally:
        print("out")
    try:
        e
    except NameError as n:
        print(n)
nested_flow()
for bad in ("try: pass\nexcept* ValueError: pass\nexcept TypeError: pass", "try: pass\nexcept*: pass", "for i in x:\n try: pass\n except* E: break", "def f():\n try: pass\n except* E: return", "while 1:\n try: pass\n except* E: continue"):
    try:
        compile(bad, "<s>", "exec")
        print("compiles")
    except SyntaxError as e:
        print(e.msg)
# PEP 758: several exceptions without parentheses
try:
    {}["k"]
except ValueError, KeyError:
    print("no parentheses")
try:
    raise ExceptionGroup("g", [TypeError(1)])
except* ValueError, TypeError:
    print("star without parentheses")
try:
    compile("try: pass\nexcept ValueError, KeyError as e: pass", "<s>", "exec")
except SyntaxError as e:
    print(e.msg)
import traceback
def outer():
    def inner(n):
        raise ValueError(n)
    found = []
    for n in (1, 2):
        try:
            inner(n)
        except ValueError as e:
            found.append(e)
    raise ExceptionGroup("collected", found)
try:
    outer()
except ExceptionGroup as e:
    text = "".join(traceback.format_exception(e))
    print("\n".join(l for l in text.splitlines() if "File" not in l))
try:
    raise ExceptionGroup("a", [ValueError(1), ExceptionGroup("b", [TypeError(2), ValueError(3)])])
except* TypeError as e:
    print(e.__context__, e.exceptions[0].message)
except* ValueError as e:
    print([type(x).__name__ for x in e.exceptions], e.exceptions[1].exceptions)

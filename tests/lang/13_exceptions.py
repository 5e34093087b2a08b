try:
    1 / 0
except ZeroDivisionError as e:
    print("caught", e)
try:
    [][1]
except (KeyError, IndexError) as e:
    print(type(e).__name__, e)
try:
    {}["k"]
except LookupError as e:
    print(type(e).__name__, e, repr(e), e.args)
try:
    print("body")
except ValueError:
    print("never")
else:
    print("else")
finally:
    print("finally")
try:
    try:
        raise ValueError("a", 1)
    finally:
        print("inner finally")
except ValueError as e:
    print(e, e.args)
def f():
    try:
        return "try"
    finally:
        print("cleanup")
print(f())
class MyError(Exception):
    pass
class Sub(MyError):
    def __init__(self, code):
        super().__init__("code " + str(code))
        self.code = code
try:
    raise Sub(5)
except MyError as e:
    print(e, e.code, repr(e), isinstance(e, Exception))
try:
    raise MyError
except MyError as e:
    print(repr(e), str(e) == "", e.args)
try:
    try:
        raise ValueError("first")
    except ValueError as e:
        raise TypeError("second") from e
except TypeError as e:
    print(e, "cause:", repr(e.__cause__), "context:", repr(e.__context__), e.__suppress_context__)
try:
    try:
        raise ValueError("first")
    except ValueError:
        raise TypeError("second")
except TypeError as e:
    print(e, "cause:", e.__cause__, "context:", repr(e.__context__), e.__suppress_context__)
try:
    try:
        raise ValueError("first")
    except ValueError:
        raise TypeError("second") from None
except TypeError as e:
    print(e.__cause__, repr(e.__context__), e.__suppress_context__)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        print("reraise")
        raise
except ZeroDivisionError as e:
    print("again", e)
try:
    raise
except RuntimeError as e:
    print(e)
def nested():
    try:
        try:
            raise KeyError("k")
        except IndexError:
            print("never")
        finally:
            print("1")
    except KeyError as e:
        print("2", e)
        try:
            raise IndexError("i")
        except IndexError as e2:
            print("3", e2, repr(e2.__context__))
        print("4", e)
    finally:
        print("5")
nested()
try:
    e
except NameError as err:
    print(err)
def loses():
    try:
        raise ValueError("lost")
    finally:
        return "returned"  # noqa
print(loses())
def loop():
    for i in range(5):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            raise ValueError(i)
        except ValueError as e:
            print("value", e)
        else:
            print("never")
        finally:
            print("fin", i)
    return i
print(loop())
class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self.name
    def __exit__(self, t, v, tb):
        print("exit", self.name, t.__name__ if t else None, v, tb is not None)
        return self.swallow
with Manager("a") as a, Manager("b") as b:
    print(a, b)
with (Manager("c", True), Manager("d")):
    raise KeyError("in with")
try:
    with Manager("e"):
        raise ValueError("out")
except ValueError as e:
    print("outside", e)
def with_return():
    with Manager("r"):
        return "from with"
print(with_return())
for i in range(2):
    with Manager("loop"):
        continue
for e in (BaseException, Exception, ArithmeticError, LookupError, OSError, StopIteration, KeyboardInterrupt, SystemExit, UnicodeError, RecursionError, NotImplementedError, ModuleNotFoundError):
    print(e.__name__, [c.__name__ for c in e.__mro__[1:-1]])
for cls in ValueError, KeyError, OSError, StopIteration, SystemExit, ImportError, NameError, AttributeError, UnicodeError:
    print(repr(cls()), repr(cls("x")), str(cls("x", 2)) if cls is not OSError else "", cls(1, 2).args)
print(repr(OSError(2, "No such file", "f")), OSError(2, "x", "f"), OSError(2, "m").errno, type(OSError(2, "m")).__name__, OSError(1, "a", "b", 0, "c").filename2)
print(StopIteration(5).value, SystemExit(3).code, KeyError("k"), KeyError("a", "b"), ImportError("m", name="n").name, AttributeError("a", name="n", obj=5).obj)
def check(f):
    try:
        f()
    except BaseException as e:
        print(type(e).__name__ + ":", e)
def r(x):
    raise x
check(lambda: r(5))
check(lambda: r("string"))
check(lambda: r(int))
check(lambda: r(None))
def bad_from():
    raise ValueError from 5
check(bad_from)
def bad_except():
    try:
        raise ValueError("v")
    except 5:
        pass
check(bad_except)
def no_manager():
    with 5:
        pass
check(no_manager)
def recurse():
    recurse()
check(recurse)
def notes():
    e = ValueError("v")
    e.add_note("n1")
    e.add_note("n2")
    print(e.__notes__)
    e.add_note(5)
check(notes)
x = ValueError("w").with_traceback(None)
print(x.__traceback__, x)
def tb_depth():
    try:
        nested_raise()
    except ValueError as e:
        n, tb = 0, e.__traceback__
        while tb:
            n, tb = n + 1, tb.tb_next
        return n
def nested_raise():
    raise ValueError
print(tb_depth())

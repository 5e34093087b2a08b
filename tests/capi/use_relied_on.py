import sys
import contextvars
import relied_on
from relied_on import Full, Real, Scalar, Thin


def say(*values):
    print(*values, flush=True)


say("# thread states")
relied_on.states(lambda: "called")

say("# constructors")


class Both(Thin, Full):
    pass


class Other(Full, Thin):
    pass


Both(1), Other(2)
for made in (lambda: Thin.__new__(Both), lambda: Full.__new__(Both), lambda: object.__new__(Both)):
    try:
        say(type(made()).__name__)
    except TypeError as error:
        say(error)
say(Real.__mro__, Real(), Real(1), Real("2.5"), isinstance(Real(), Scalar))
try:
    Real("x")
except ValueError as error:
    say(error)


class Sub(Real):
    pass


say(Sub(), Sub(3))

say("# StopIteration")
relied_on.stop()

say("# sequences")


class Own:
    def __init__(self): self.items = [1, 2, 3]
    def __len__(self): return len(self.items)
    def __getitem__(self, at): return self.items[at]
    def __setitem__(self, at, new): self.items[at] = new
    def __delitem__(self, at): del self.items[at]
    def __add__(self, other): return "added"
    def __mul__(self, count): return "times %r" % count
    def __repr__(self): return "Own()"


for pair in (([1, 2, 3], [4]), ((1, 2), (3,)), ({1: 2}, {}), (5, 6), (Own(), Own()), (bytearray(b"abc"), b"d"),
             ("ab", "c"), ("ab", 1), ([], []), (range(3), [1])):
    relied_on.sequences(pair)

say("# code's extra")


def made():
    def inner(): pass
    return inner.__code__.replace(co_name="extra")


relied_on.extra(made())
say("# bytes")
relied_on.resize()
say("# temporaries")
kept = object()
here = [object()]
say(relied_on.temporary(object()), relied_on.temporary(kept), relied_on.temporary(here[0]), relied_on.temporary([1]))


def inside():
    local = object()
    return relied_on.temporary(local), relied_on.temporary([local]), list(map(relied_on.temporary, [object()]))


say(inside())
say("# buffers")
import inspect, mmap
for exporter in (bytearray(b"ab"), b"ab", memoryview(b"ab"), mmap.mmap(-1, 10)):
    for flags in (inspect.BufferFlags.READ, inspect.BufferFlags.WRITE):
        try:
            say(type(exporter).__name__, exporter.__buffer__(flags).nbytes)
        except Exception as error:
            say(type(exporter).__name__, type(error).__name__)
say("# context variables")
variable, other = contextvars.ContextVar("v"), contextvars.ContextVar("w", default=5)
relied_on.context((variable, 1)), relied_on.context((other, 1)), relied_on.context((7, 1))
variable.set(3)
relied_on.context((variable, 1))
say("# instance methods")


class Holder:
    def __repr__(self): return "Holder()"


relied_on.instance_method(Holder)
say(Holder().method(1, 2), Holder.method(3))
say("# counts")


class Box:
    pass


def counts():
    box, items, local = Box(), [Full(0)], Full(0)
    box.attribute = Full(0)
    say(box.attribute.count(), items[0].count(), Full(0).count())
    say(local.unique(1), box.attribute.unique(), items[0].unique(), Full(0).unique())
    second = local
    say(local.unique(), sys.getrefcount(local), sys.getrefcount(box), sys.getrefcount(items[0]), sys.getrefcount(Full(0)))


counts()


class Text(str):
    pass


# A block that were freed twice would be given out twice.
for _ in range(3):
    texts = [relied_on.own_text(Text, f"text {n}") for n in range(200)]
    say(texts[7], len(set(texts)), texts[150] == "text 150", texts[3].upper())
    texts = None
    others = [Text(f"other {n}") for n in range(400)]
    say(others == [f"other {n}" for n in range(400)])

import internal
import os
import tempfile
import weakref


class Index:
    def __index__(self):
        return 300

    def __repr__(self):
        return "Index()"


class Number(int):
    pass


internal.bytes()
for a, b in (12, 18), (-7, 2), (2 ** 100 + 1, -2 ** 70), (0, 5), (5, 0), (True, 3):
    internal.ints(a, b)
for value in 0, 7, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 64 - 1, 2 ** 64, -1, -2 ** 70, Index(), Number(5), None, 1.5, "x":
    internal.convert(value)
internal.digits()
internal.complexes()
for text in "abc", "é\u0663 \u2003x", "wide\U0001f600\u4e00", "nul\0", "", "\ud800":
    internal.text(text, ", ")
    internal.text(text, "→")


class Plain:
    shared = "of the class"

    def __repr__(self):
        return "Plain()"

    def one(self, *args):
        return ("one", args)

    def __special__(self, *args):
        return ("special", args)

    @property
    def data(self):
        return "a property"


class Slots(Plain):
    __slots__ = "place",


plain = Plain()
plain.own = "of the instance"
plain.one = lambda *args: ("own", args)
slots = Slots()
slots.place = 1
for name in "one", "__special__", "own", "shared", "data", "absent", "given", "place":
    for this in plain, Plain(), slots:
        internal.attributes(this, name, {"given": "of the dict", "shared": "hidden"})
internal.attributes([], "append", {})
print(internal.state(plain).keys(), internal.state(5), internal.state(slots))
for function in len, print, [].append, Plain.one, plain.__special__, 5, "text", internal.bytes, Plain, tempfile.mkdtemp:
    print(internal.function_text(function).partition(" at 0x")[0])
internal.containers("first", 2)
internal.containers((1,), 1.5)


class Referred:
    pass


called = []
object_ = Referred()
first, second, third = weakref.ref(object_), weakref.ref(object_, called.append), weakref.ref(object_, called.append)
internal.weak(object_, first, third)
print(first(), second(), third(), weakref.getweakrefcount(object_), weakref.ref(object_)() is object_)
del object_
print(called)
try:
    raise ExceptionGroup("group", [ValueError(1)])
except Exception as error:
    internal.errors(error)
for group in ExceptionGroup("group", [ValueError(1)]), 5:
    internal.errors(group)
internal.system("maxunicode")
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    open("some", "w").close()
    internal.files("some")
    os.chdir("/")

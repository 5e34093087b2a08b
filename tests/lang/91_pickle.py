# Pickles of all protocols, and what a pickler lets its user decide.
import io
import pickle


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)


class Slotted:
    __slots__ = ("a", "b")

    def __reduce_ex__(self, protocol):
        return Slotted, (), (None, {"a": self.a, "b": self.b})


cycle = [1]
cycle.append(cycle)
slotted = Slotted()
slotted.a, slotted.b = 1, [2]
things = [
    None, True, -1, 255, 65536, 2**70, -(2**70), 1.5, "text", "ü\ud800", b"bytes", bytearray(b"x"),
    [1, [2]], (1, 2, 3, 4), {"a": {1, 2}}, frozenset("ab"), Point(1, Point(2, 3)), len, Point, ...,
]
for protocol in range(6):
    print(protocol, [pickle.loads(pickle.dumps(t, protocol)) == t for t in things])
    again = pickle.loads(pickle.dumps(cycle, protocol))
    print(again[1] is again, pickle.loads(pickle.dumps(slotted, protocol)).b)


class ByName(pickle.Pickler):
    def persistent_id(self, value):
        return "answer" if value == 42 else None


class FromName(pickle.Unpickler):
    def persistent_load(self, name):
        return {"answer": 6 * 7}[name]


out = io.BytesIO()
ByName(out).dump([41, 42, 43])
print(out.getvalue(), FromName(io.BytesIO(out.getvalue())).load())

buffers = []
data = pickle.dumps(pickle.PickleBuffer(bytearray(b"large")), 5, buffer_callback=buffers.append)
print(data, bytes(pickle.loads(data, buffers=buffers)))
for bad in (b"", b"\x80\x05", b"(", b"\x80\x09.", b"Vx"):
    try:
        pickle.loads(bad)
    except (EOFError, ValueError, pickle.UnpicklingError) as error:
        print(type(error).__name__, error)
try:
    pickle.dumps([1, {"k": lambda: 0}])
except Exception as error:
    print(type(error).__name__, str(error).split(" at ")[0], error.__notes__)

# Finalisers of garbage: the order of objects that hold each other.
import gc


class Node:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("finalised", self.name)


def forwards(count):
    nodes = [Node(f"f{i}") for i in range(count)]
    for i, node in enumerate(nodes):
        node.next = nodes[(i + 1) % count]


def backwards(count):
    nodes = [Node(f"b{i}") for i in range(count)]
    for i, node in enumerate(nodes):
        node.next = nodes[i - 1]


gc.collect()
for make in (forwards, backwards):
    make(4)
    print(gc.collect() > 0)

# Weak references that are garbage themselves are dead before finalisers run.
import weakref


class Kept:
    pass


class Watcher:
    def __init__(self, *callback):
        self.reference = weakref.ref(kept, *callback)
        self.itself = self

    def __del__(self):
        print("sees", type(self.reference()).__name__)


kept = Kept()
Watcher()
gc.collect()
Watcher(lambda reference: print("called"))
gc.collect()
del kept

# str() of a subclass of str, and of what is none.
class Text(str):
    def __str__(self):
        return Text("own")


print(type(str(Text("x"))).__name__, str(Text("x")) == "own", str(12), str(None), str(b"x"))
try:
    str(type("Bad", (), {"__str__": lambda self: 1})())
except TypeError as error:
    print(error)

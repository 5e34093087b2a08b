"""Which special methods the slots of a class call, for hierarchies put together by chance:
from the class itself, from any base, from builtin types; and after a base has changed."""

import operator


class Dice:
    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit

    def some(self, items, limit):
        items = list(items)
        return [items.pop(self.below(len(items))) for _ in range(min(self.below(limit), len(items)))]


NAMES = """__len__ __bool__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __next__ __hash__
__eq__ __lt__ __repr__ __str__ __call__ __add__ __radd__ __iadd__ __mul__ __rmul__ __neg__ __int__
__index__ __float__ __matmul__ __getattr__ __getattribute__ __setattr__ __delattr__ __get__ __set__
__await__ __aiter__ __init__ __new__ __pow__ __or__ __ror__""".split()


def method(name, owner):
    def run(self, *args):
        tag = f"{owner}.{name}"
        match name:
            case "__len__" | "__index__" | "__int__":
                return len(owner) + 3
            case "__hash__":
                return sum(map(ord, owner))
            case "__bool__" | "__contains__" | "__eq__" | "__lt__":
                return len(owner) % 2 == 0
            case "__float__":
                return len(owner) + 0.5
            case "__iter__" | "__await__":
                return iter([tag])
            case "__getitem__" if args[0] in (0, 1):
                return tag
            case "__getitem__":
                raise IndexError(tag)
            case "__next__":
                raise StopIteration(tag)
            case "__getattribute__":
                return object.__getattribute__(self, *args) if args[0].startswith("__") else tag
            case "__new__":
                return super(type, self).__new__(self) if False else BASE_NEW(self, owner)
            case "__init__" | "__setattr__" | "__delattr__" | "__set__" | "__setitem__" | "__delitem__":
                LOG.append(tag)
            case _:
                return tag

    run.__name__ = name
    return run


LOG = []


def BASE_NEW(cls, owner):
    LOG.append(f"{owner}.__new__")
    for base in cls.__mro__:
        if base in (int, str, list, dict, tuple, float, set, bytes, Exception, object):
            return base.__new__(cls)


def attempt(do):
    LOG.clear()
    try:
        result = do()
        text = result if type(result) in (int, float, bool, str, type(None)) else type(result).__name__
    except RecursionError:
        text = "RecursionError"
    except Exception as e:
        text = f"{type(e).__name__}: {e}"
    return f"{text}{' ' + ' '.join(LOG) if LOG else ''}"


def use_descriptor(cls):
    return type("Holder", (), {"d": cls()})().d


def set_descriptor(cls):
    type("Holder", (), {"d": cls()})().d = 1


OPERATIONS = {
    "make": lambda c: type(c()).__name__,
    "len": lambda c: len(c()),
    "bool": lambda c: bool(c()),
    "item": lambda c: c()[0],
    "set item": lambda c: operator.setitem(c(), 0, 1),
    "del item": lambda c: operator.delitem(c(), 0),
    "in": lambda c: 1 in c(),
    "list": lambda c: ",".join(map(str, c())),
    "next": lambda c: next(c()),
    "hash": lambda c: (lambda h: h if h < 10**6 else "large")(hash(c())),
    "eq": lambda c: c() == 7,
    "lt": lambda c: c() < 7,
    "str": lambda c: str(c()).split(" object at ")[0],
    "repr": lambda c: repr(c()).split(" object at ")[0],
    "call": lambda c: c()(),
    "add": lambda c: c() + 1,
    "radd": lambda c: 1 + c(),
    "iadd": lambda c: operator.iadd(c(), [1]),
    "concat": lambda c: operator.concat(c(), c()),
    "mul": lambda c: c() * 2,
    "rmul": lambda c: 2 * c(),
    "neg": lambda c: -c(),
    "int": lambda c: int(c()),
    "index": lambda c: operator.index(c()),
    "float": lambda c: float(c()),
    "matmul": lambda c: c() @ 1,
    "pow": lambda c: c() ** 2,
    "or": lambda c: c() | 1,
    "ror": lambda c: 1 | c(),
    "attr": lambda c: c().something,
    "set attr": lambda c: setattr(c(), "x", 1),
    "del attr": lambda c: delattr(c(), "x"),
    "get": use_descriptor,
    "set": set_descriptor,
    "aiter": lambda c: aiter(c()),
}
BUILTIN = [int, str, list, dict, tuple, float, set, bytes, Exception]


def report(label, cls):
    print(label, [c.__name__ for c in cls.__mro__])
    for name, operation in OPERATIONS.items():
        print(f"    {name}: {attempt(lambda: operation(cls))}")


class OtherOrder(type):
    """Moves the first base behind the second."""

    def mro(cls):
        order = super().mro()
        if len(order) > 3 and order[2] is not object and not issubclass(order[1], order[2]):
            order[1], order[2] = order[2], order[1]
        return order


def hierarchy(seed):
    dice = Dice(seed)
    classes = []
    for i in range(5):
        owner = "ABCDE"[i] * (i + 1)
        bases = dice.some(classes + [BUILTIN[dice.below(len(BUILTIN))]], 4)
        space = {name: method(name, owner) for name in dice.some(NAMES, 6)}
        for name in dice.some(["__hash__", "__iter__", "__contains__", "__radd__", "__eq__"], 2):
            if dice.below(4) == 0:
                space[name] = None
        if "__new__" in space:
            space["__new__"] = staticmethod(space["__new__"])
        meta = OtherOrder if dice.below(6) == 0 else type
        try:
            classes.append(meta(owner, tuple(bases), space))
        except TypeError as e:
            print(owner, "is not made:", str(e).split("\n")[0])
            classes.append(type(owner, (), space))
    last = classes[-1]
    report(f"{seed}:", last)
    changed = last.__mro__[-1 if len(last.__mro__) < 3 else 1]
    if changed.__module__ == __name__ and changed is not last:
        for name in dice.some(NAMES, 4):
            if name in changed.__dict__:
                delattr(changed, name)
            elif name != "__new__":
                setattr(changed, name, method(name, "late"))
        report(f"{seed}, changed:", last)


for seed in range(1, 60):
    hierarchy(seed)

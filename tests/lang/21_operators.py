class N:
    """Records each operator method that is called."""
    def __init__(self, name): self.name = name
    def __repr__(self): return self.name
names = ("add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or").split()
def binary(op):
    def forward(self, *others): return f"{op}({self}, {', '.join(map(repr, others))})"
    return forward
for op in names:
    setattr(N, f"__{op}__", binary(op))
    setattr(N, f"__r{op}__", binary("r" + op))
    if op != "divmod":
        setattr(N, f"__i{op}__", binary("i" + op))
for op in ("neg", "pos", "invert", "abs", "round", "trunc", "floor", "ceil"):
    setattr(N, f"__{op}__", binary(op))
a, b = N("a"), N("b")
print(a + b, a - 1, a * 2, a @ b, a / 3, a // 4, a % 5, divmod(a, 6), a ** 7, a << 8, a >> 9, a & 1, a ^ 2, a | 3)
print(1 + b, 1 - b, 1 * b, 1 @ b, 1 / b, 1 // b, 1 % b, divmod(1, b), 1 ** b, 1 << b, 1 >> b, 1 & b, 1 ^ b, 1 | b)
print(-a, +a, ~a, abs(a), round(a), round(a, 2), pow(a, 2, 3))
for op in "+ - * @ / // % ** << >> & ^ |".split():
    space = {"v": N("v")}
    exec(f"v {op}= 5", space)
    print(space["v"], end=" ")
print()
class Give:
    def __init__(self, tag): self.tag = tag
    def __add__(self, o):
        print(self.tag, "add")
        return NotImplemented
    def __radd__(self, o):
        print(self.tag, "radd")
        return NotImplemented
    def __eq__(self, o):
        print(self.tag, "eq")
        return NotImplemented
    def __lt__(self, o):
        print(self.tag, "lt")
        return NotImplemented
    def __gt__(self, o):
        print(self.tag, "gt")
        return NotImplemented
class GiveSub(Give):
    def __radd__(self, o):
        print(self.tag, "sub radd")
        return "sub wins"
    def __gt__(self, o):
        print(self.tag, "sub gt")
        return "sub gt wins"
def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)
attempt(lambda: Give("x") + Give("y"))
attempt(lambda: Give("x") + 1)
attempt(lambda: 1 + Give("x"))
attempt(lambda: Give("x") + GiveSub("y"))
attempt(lambda: Give("x") == Give("y"))
attempt(lambda: Give("x") < Give("y"))
attempt(lambda: Give("x") < GiveSub("y"))
attempt(lambda: Give("x") == 1)
class OnlyR:
    def __rsub__(self, o): return ("rsub", o)
attempt(lambda: 5 - OnlyR())
attempt(lambda: "s" - OnlyR())
attempt(lambda: OnlyR() - 5)
attempt(lambda: OnlyR() - OnlyR())
class NoneOp:
    __add__ = None
    __radd__ = lambda self, o: "never"
    __iter__ = None
    __contains__ = None
    __hash__ = None
attempt(lambda: NoneOp() + 1)
attempt(lambda: 1 in NoneOp())
attempt(lambda: list(NoneOp()))
attempt(lambda: hash(NoneOp()))
class Inst: pass
i = Inst()
i.__add__ = lambda o: "instance attributes do not count"
attempt(lambda: i + 1)
class ListLike:
    def __iadd__(self, o): return NotImplemented
    def __add__(self, o): return "fell back to add"
x = ListLike()
x += 1
print(x)
for text in ("1 + 'a'", "'a' + 1", "[] + ()", "{} | []", "1 @ 2", "None + 1", "-'a'", "~1.5", "+[]", "1.5 << 2", "1 | 2.0", "'a' % 1", "'a' * 'b'", "[] * []", "() * 1.5", "{1} & [1]", "b'a' + 'a'", "'a' + b'a'", "1j // 1", "1j % 2", "divmod(1j, 1)", "pow(2, 3, 'a')", "pow('a', 2)", "2 ** 'a'", "abs('a')", "round('a')", "1 < 'a'", "object() < object()", "print + 1", "int + 1", "len - len", "5()", "5[0]", "'a'.b", "del_ ", "1 in 5", "not_defined", "lambda: 0 + 1", "... + 1", "5 if 0 else 'a' - 1", "1 << -1", "1 >> -1", "1 // 0", "1 % 0", "1.0 // 0", "1.0 % 0", "1 / 0", "1.0 / 0", "0 ** -1", "0.0 ** -1", "1j / 0", "0j ** -1", "divmod(1, 0)", "pow(2, -1, 4)", "pow(2, 2, 0)", "pow(2.0, 2, 3)", "2.0 ** 10000", "10 ** 400 / 3", "10 ** 400 + 1.5", "1 << 10 ** 20"):
    try:
        v = eval(compile(text, "<t>", "eval"))
        print(text, "=", v if not callable(v) else "function")
    except Exception as e:
        print(text, "->", type(e).__name__ + ":", e)
for text in ("x = 1; x += 'a'", "x = 'a'; x -= 1", "x = []; x += 5", "x = (); x += []", "x = {}; x |= 5", "x = 1; x @= 2", "x = None; x += 1", "x = 1; x **= 'a'", "x = 5; x[0] = 1", "x = 5; del x[0]", "x = 5; x.y = 1", "x = 'a'; x[0] = 'b'", "x = (1,); del x[0]", "for i in 5: pass", "a, b = 5", "with 5: pass", "x: int; x", "del undefined_name", "raise 5", "import nope_module", "from math import nope_name", "assert 0, 'm'", "f = lambda: 0; f.x.y", "class C(5): pass", "class C(bool): pass", "class C(metaclass=5): pass"):
    try:
        exec(text, {})
        print(text, "ran")
    except BaseException as e:
        print(text, "->", type(e).__name__ + ":", str(e).partition(" (")[0])
class Pow:
    def __pow__(self, e, m=None): return ("pow", e, m)
    def __rpow__(self, b, m=None): return ("rpow", b, m)
print(Pow() ** 2, 2 ** Pow(), pow(Pow(), 2, 3), pow(2, Pow(), 5))
class Idx:
    def __index__(self): return 3
class BadIdx:
    def __index__(self): return "x"
print([1, 2, 3, 4][Idx()], bin(Idx()), int(Idx()), float(Idx()), complex(Idx()), list(range(Idx())), "a" * Idx(), round(2.5555, Idx()))
attempt(lambda: [1][BadIdx()])
attempt(lambda: int(BadIdx()))
class Conv:
    def __int__(self): return 7
    def __float__(self): return 1.5
    def __complex__(self): return 2j
    def __bytes__(self): return b"by"
    def __str__(self): return "st"
    def __bool__(self): return False
    def __format__(self, s): return "fm" + s
print(int(Conv()), float(Conv()), complex(Conv()), bytes(Conv()), str(Conv()), bool(Conv()), format(Conv(), "x"))
for name, bad in (("__int__", 1.5), ("__float__", 1), ("__str__", 5), ("__repr__", None), ("__bool__", 1), ("__len__", -1), ("__len__", "x"), ("__hash__", "h"), ("__bytes__", "s"), ("__complex__", 1), ("__format__", 5), ("__index__", 1.0), ("__iter__", 5), ("__dir__", 5)):
    C = type("C", (), {name: lambda self, *a: bad})
    call = {"__int__": int, "__float__": float, "__str__": str, "__repr__": repr, "__bool__": bool, "__len__": len, "__hash__": hash, "__bytes__": bytes, "__complex__": complex, "__format__": format, "__index__": bin, "__iter__": iter, "__dir__": dir}[name]
    attempt(lambda: call(C()))

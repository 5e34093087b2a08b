import re, traceback
def last(f):
    try: f()
    except BaseException as e:
        print(re.sub(r" \(.*/.*\)", " (PATH)", traceback.format_exception(e)[-1].strip().replace("__main__.", "")))
counter, total_amount, some_function = 0, 1, print
class Point:
    radius = 1
    def __init__(self): self.x_position = 1; self.colour = 2; self._hidden = 3
    def distance(self): return self.x_positon
    def calls(self): return distance()
    def uses(self): return x_position
    @classmethod
    def make(cls): return radius
class Slots:
    __slots__ = ("width", "height")
class WithDir:
    def __dir__(self): return ["special_name"]
class Getattr:
    value = 1
    def __getattr__(self, n): raise AttributeError(n)
    def __dir__(self): raise ValueError
p = Point()
def local_names():
    alphabet = 1
    return alphabt
def builtin(): return pritn
def many(): return lenn, sortd
def keyword_arg(first_argument=1, second_argument=2): pass
for f in (lambda: countr, lambda: totl_amount, lambda: some_functoin, local_names, builtin, many, lambda: p.x_postion, lambda: p.color, lambda: p.distanc, p.distance, p.calls, p.uses, Point.make, lambda: p.completely_different, lambda: p.hidden, lambda: p._hiden, lambda: Slots().widht, lambda: WithDir().special_nam, lambda: Getattr().valu, lambda: [].appendd, lambda: "".uper, lambda: {}.key, lambda: (1).bit_lengt, lambda: Point.raduis, lambda: print.__nam__, lambda: keyword_arg(first_arg=1), lambda: keyword_arg(secnd_argument=1), lambda: keyword_arg(zzz=1), lambda: print("x", ned=""), lambda: int("1", bas=2), lambda: sorted([], kye=1), lambda: a, lambda: xyzzy_nothing_like_it, lambda: Flase, lambda: none, lambda: true, lambda: null, lambda: self, lambda: __nam__, lambda: sys, lambda: os, lambda: collections.deque, lambda: json, lambda: np, lambda: ЅtrЅ, lambda: p.__clas__, lambda: [].length, lambda: [].push, lambda: [].add, lambda: "".contains, lambda: {}.put, lambda: {1}.append, lambda: ().append, lambda: p.x_position.foo, lambda: "a".toUpperCase, lambda: [].concat, lambda: {}.has_key):
    last(f)
def imp(s): exec(s, {})
for s in ("import jsn", "import colections", "from json import dmps", "from collections import ordereddict", "from math import sqr", "from os import pathh", "import os.pth", "from json import nothing_similar_at_all", "import totally_unknown_pkg", "import json.decodr", "from . import x", "from ..y import z", "import sys.x", "from email import mime_"):
    last(lambda: imp(s))
e = NameError("name 'foo' is not defined", name="foo")
print(e.name, NameError("x").name, AttributeError("x", name="n", obj=5).name, AttributeError().obj, ImportError("m", name="n", path="p", name_from="f").name_from)
class Proxy:
    __slots__ = ("target_obj",)
    def __getattr__(self, n): return getattr(self.target_obj, n)
pr = Proxy()
pr.target_obj = p
last(lambda: pr.colr)
def nested():
    outer_variable = 1
    def inner(): return outer_varible, outer_variable
    return inner()
last(nested)
last(lambda: [countr for _ in "a"])
class Body:
    try: class_level = 5; clas_level
    except NameError as e: print(traceback.format_exception(e)[-1].strip())
last(lambda: exec("abcdef = 1\nabcdeg"))
def unbound():
    if 0: variable_one = 1
    return variable_one
last(unbound)
def m():
    import json
    json.dump_s
last(m)
class Meta(type):
    def __dir__(cls): return ["meta_attribute"]
class UsesMeta(metaclass=Meta): pass
last(lambda: UsesMeta.meta_atribute)
try: p.x_postion
except AttributeError as e:
    print(str(e), e.name, e.obj is p)
for src in ("forr x in y: pass", "whille True: pass", "retrun 5", "improt os", "def f():\n    reutrn 1", "clas A: pass", "iff x: pass", "x = 5 iff y else z", "fro x in y:\n  pass", "defn f(): pass", "tyr:\n pass\nexcept: pass", "asser x", "wiht x as y: pass", "lamda x: x", "prinnt x"):
    try: compile(src, "<s>", "exec")
    except SyntaxError as e: print(repr(src), traceback.format_exception_only(e)[-1].strip())

# What `co_code` is asked for: the instruction a frame is at, and code made of it again.
import dis
import operator
import sys
import types

STORES = {dis.opmap[name] for name in ("STORE_SUBSCR", "STORE_SLICE")}


class Box:
    def __setitem__(self, key, value):
        frame = sys._getframe(1)
        print(key, value, frame.f_code.co_code[frame.f_lasti] in STORES)


def assign(box, key):
    box[0] = 1
    box["a"] = 2
    box[key] = 3
    box[1:2] = 4
    box[key, 0] = 5
    for box[key] in "x":
        pass
    box.__setitem__(6, 6)
    operator.setitem(box, 7, 7)


assign(Box(), None)
Box()[8] = 8


def sample(a, b=2, *rest, c=3):
    try:
        return [a + b * i for i in rest] or {c: a[b]}
    except TypeError as error:
        return str(error)


code = sample.__code__
parts = [code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_nlocals,
         code.co_stacksize, code.co_flags, code.co_code, code.co_consts, code.co_names,
         code.co_varnames, code.co_filename, code.co_name, code.co_qualname,
         code.co_firstlineno, code.co_linetable, code.co_exceptiontable, code.co_freevars,
         code.co_cellvars]
for again in code.replace(co_code=code.co_code), types.CodeType(*parts):
    function = types.FunctionType(again, globals(), "again", (2,))
    function.__kwdefaults__ = {"c": 4}
    print(function(1, 2, 3), function(1), function([1, 2], 1), again == code,
          again.co_code == code.co_code)

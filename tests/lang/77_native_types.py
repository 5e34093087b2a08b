# What of the native modules' types can be changed, as in CPython: its heap types
# without Py_TPFLAGS_IMMUTABLETYPE.
import ast, os, random, re, resource, select, time, types, zlib
import _random

changeable = [
    ast.AST, os.DirEntry, type(os.scandir(".")), os.stat_result, os.terminal_size, os.times_result, os.uname_result,
    _random.Random, resource.struct_rusage, select.epoll, time.struct_time,
    type(zlib.compressobj()), type(zlib.decompressobj()),
]
for ty in changeable:
    ty.added = ty.__name__
    print(ty.__name__, ty.added)
    del ty.added
for ty in int, list, re.Pattern, types.FunctionType, type(zlib), BaseException:
    try:
        ty.added = 1
    except TypeError as error:
        print(error)

# A slot of a native type follows what its name is set to, and back.
iterator = type(os.scandir("."))
original = iterator.__next__
seen = []
def counted(self):
    seen.append(type(self).__name__)
    return original(self)
iterator.__next__ = counted
with os.scandir("/") as entries:
    first = next(entries)
    rest = list(entries)
iterator.__next__ = original
with os.scandir("/") as entries:
    print(len(seen) == len(rest) + 2, set(seen), len(list(entries)) == len(rest) + 1)

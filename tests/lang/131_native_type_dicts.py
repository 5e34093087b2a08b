# Dicts of native types, whatever looks into them first.
import subprocess
import sys

FIRST = {
    "the dict": "print('real' in int.__dict__, list(vars(zip)))",
    "an attribute": "print(bytearray.fromhex('00'), memoryview.__name__, slice.indices)",
    "an instance": "print(range(3).index(2), (1).bit_length())",
    "what is missing": """
try: complex.nothing
except AttributeError as e: print(e)
try: frozenset().nothing
except AttributeError as e: print(e)
""",
    "hasattr": "print(hasattr(map, '__next__'), hasattr(filter, '__len__'))",
    "dir": "print([n for n in dir(enumerate) if 'r' in n])",
    "object's lookup": "print(object.__getattribute__(float, '__dict__')['hex'])",
    "type's lookup": "print(type.__getattribute__(float, 'hex'))",
    "setting": """
for t in (tuple, KeyError, zip):
    try: t.own = 1
    except TypeError as e: print(e)
    try: del t.__len__
    except TypeError as e: print(e)
""",
    "a subclass": """
class E(LookupError): pass
class P(property): pass
print(E.__hash__ is object.__hash__, E.__init__, P.fget, P.__get__)
class B(bytearray): pass
print(B.__hash__, B.__eq__, bytearray.__hash__)
""",
    "several bases": """
class E(KeyError, AttributeError): pass
print(E.__str__, E('a'), repr(E('a')), E.name)
class F(OSError, ValueError): pass
print(F.__init__, F(2, 'x'))
""",
    "hashes": "print(list.__hash__, dict.__hash__, set.__dict__['__hash__'])",
    "documentation": "print(ArithmeticError.__dict__['__doc__'] == ArithmeticError.__doc__, int.__add__.__doc__)",
    "new": "print(type(int.__dict__['__new__']), 'x'.__new__.__self__, 'join' in str.__dict__)",
    "no constructor": """
import types
for t in (type({}.keys()), types.GeneratorType, type(len)):
    try: t()
    except TypeError as e: print(e)
    print('__new__' in t.__dict__)
""",
    "abstract classes": """
import collections.abc as a
print([c.__name__ for c in (a.Hashable, a.Sized, a.Iterable, a.Sequence, a.Buffer)
       if issubclass(memoryview, c)], issubclass(type(iter([])), a.Iterator))
""",
    "super": "print(super(bool, True).__repr__(), super(BlockingIOError, BlockingIOError(1, 'a')).__str__())",
    "the order": """
import itertools
print([n for n in vars(reversed)])
""",
    "wrappers": """
print(int.__dict__['__add__'], int.__dict__['__radd__'].__name__, str.__dict__['__mul__'],
      str.__dict__['__rmul__'], dict.__dict__['__or__'], list.__dict__['__iadd__'])
print(int.__add__.__text_signature__, int.__lt__.__objclass__, type.__call__)
""",
    "the collector": "import gc; print(any(r is int for r in gc.get_referents(int.__dict__['real'])))",
}

for what, program in FIRST.items():
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True)
    print(f"{what}:")
    print(done.stdout, end="")
    if done.stderr:
        print(done.stderr.splitlines()[-1])

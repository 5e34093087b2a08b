# Fields of native types are member descriptors, which can be used by themselves.
import collections
import copyreg
import functools
import io
import pickle
import types

fields = [
    (pickle.Pickler, "bin"), (pickle.Pickler, "fast"), (pickle.Pickler, "dispatch_table"),
    (collections.defaultdict, "default_factory"), (property, "__doc__"), (property, "fget"),
    (type(functools.cmp_to_key(int)), "obj"), (type(collections.namedtuple("A", "b").b), "__doc__"),
]
for owner, name in fields:
    field = owner.__dict__[name]
    print(type(field).__name__, field, isinstance(field, types.MemberDescriptorType))


class A:
    pass


class Pickler(pickle.Pickler):
    dispatch_table = copyreg.dispatch_table.copy()


# A class attribute hides the field, and so does an instance's; the field's descriptor sets it.
written = io.BytesIO()
pickler = Pickler(written)
pickle.Pickler.dispatch_table.__set__(pickler, {A: lambda a: (int, (5,))})
pickler.dump(A())
print(pickle.loads(written.getvalue()), Pickler.dispatch_table is pickler.dispatch_table)
plain = pickle.Pickler(written)
try:
    plain.dispatch_table
except AttributeError as error:
    print(error)
plain.dispatch_table = {}
print(plain.dispatch_table)
del plain.dispatch_table
print(hasattr(plain, "dispatch_table"), plain.bin)
for value in ("x", None):
    try:
        plain.fast = value
    except TypeError as error:
        print(error)
try:
    del plain.fast
except TypeError as error:
    print(error)
counts = collections.defaultdict(int)
collections.defaultdict.default_factory.__set__(counts, list)
print(counts["a"], counts.default_factory)
del counts.default_factory
print(counts.default_factory)
try:
    property.fget.__set__(property(), 1)
except AttributeError as error:
    print(error)

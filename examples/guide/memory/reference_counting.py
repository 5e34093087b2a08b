"""Every object has a reference count; at zero the object goes at once."""

import sys
import weakref

# The guide's example, with the counts made visible.
class Tracked(list):
    def __del__(self):
        print("   deallocated")

a = Tracked([1, 2, 3])
alone = sys.getrefcount(a)
b = a                               # refcount increases
print("b = a adds", sys.getrefcount(a) - alone)
b = None                            # refcount decreases
print("b = None takes it away:", sys.getrefcount(a) - alone)

box = [a, a, {"key": a}]
print("three references from containers:", sys.getrefcount(a) - alone)
del box
print("and none:", sys.getrefcount(a) - alone)

print("del a:")
del a
print("gone before this line is printed")

# Immediately means: in the middle of an expression, at the end of a call.
def call():
    local = Tracked()
    print("call returns:")

call()
print("a temporary:")
len(Tracked([1]))
print("next line")

x = Tracked()
print("assigning to the name frees what it held:")
x = 5

# A weak reference does not count.
class Node:
    pass

node = Node()
weak = weakref.ref(node, lambda ref: print("the weak reference's callback ran"))
print("alive:", weak() is node)
del node
print("dead:", weak() is None)

# __del__ may bring the object back; then it is not freed.
saved = []
class Phoenix:
    def __del__(self):
        saved.append(self)

Phoenix()
print("resurrected:", type(saved[0]).__name__)

# Texts of errors that CPython's functions have by hand.
import warnings
def a(f,*x,**k):
    try: print(f(*x,**k))
    except BaseException as e: print(type(e).__name__,e)
a(warnings.warn,"x",int)
a(warnings.warn,"x",5)
a(warnings.warn_explicit,"x",int,"f",1)
a(warnings.warn_explicit,"x",5,"f",1)
import pickle,_pickle
for d in (b"\x80\x04", b"(lp0\nI1\naV", b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x08K\x01.", b"\x80\x04\x95\x00",b"C\x10a",b"X\x10\x00\x00\x00a",b""): a(pickle.loads,d)
from itertools import zip_longest
a(zip_longest,[1],x=5)
a(zip_longest,[1],x=5,fillvalue=3)
a(zip_longest,[1],fillvalu=3)
a(sorted,[1],kye=5)
a([].sort,kye=5)
a(sorted,[1],1)
a(sorted)
a([].__getitem__)
a([].__getitem__,1,2)
a({}.__getitem__)
a({}.__contains__)
a({}.__contains__,1,2)
a(set().__contains__)
a(set().__contains__,1,2)
a(frozenset().__contains__)
a(().__contains__)
a(().__getitem__)
a({}.__getitem__,k=1)
a({}.__contains__,k=1)
a([].__getitem__,k=1)
a(dict.__contains__)
a(dict.__contains__,{})
a(list.__getitem__,[])
a(set.__contains__,set())
a(eval,"'\ud800'")
a(eval,"x='\ud800'")
a(compile,"x = '\ud800'","f","exec")
a(exec,"'\ud800'")
a(compile,"'\ud800'","f","exec")

type_ = type([].__getitem__), type({}.__contains__), type(set().__contains__), type(frozenset().__contains__)
print([t.__name__ for t in type_], [].__getitem__.__doc__, {}.__contains__.__text_signature__)
class D(dict): pass
class M: pass
class DM(M, dict): pass
class G(dict):
    def __getitem__(self, k): return ("G", k)
class GM(M, G): pass
print(D(a=1)["a"], DM(a=1)["a"], "a" in DM(a=1), G()["x"], GM()["y"], D(a=1).__getitem__("a"), dict.__getitem__(G(z=3), "z"))
class L(list):
    def __getitem__(self, i): return super().__getitem__(i) * 2
print(L([1, 2, 3])[1], L([1, 2])[0:1], list.__getitem__([1, 2, 3], slice(None, None, 2)))
import array
for c in "bBhHiIlLqQ":
    for v in (2**7,2**15,2**31,2**63,2**64,2**200,-1,-2**7-1,-2**15-1,-2**31-1,-2**63-1,-2**200):
        try: array.array(c,[v])
        except Exception as e: print(c,v if v < 2**100 else "big",type(e).__name__,e)
for c in "fd":
    for v in (2**2000,1e300):
        try: array.array(c,[v])
        except Exception as e: print(c,type(e).__name__,e)
for bad in ("match 1:\n case {f'x': 1}: pass","match 1:\n case f'x': pass","match 1:\n case [f'x']: pass","match 1:\n case {1: f'x'}: pass","match 1:\n case {'a' f'x': 1}: pass","match 1:\n case {t'x': 1}: pass","match 1:\n case 'a' f'b': pass","match 1:\n case C(f'x'): pass","match 1:\n case f'x' | 1: pass","match 1:\n case {x: 1}: pass","match 1:\n case {-x: 1}: pass","match 1:\n case {f'x' 1}: pass","match 1:\n case {f'x': 1}: pass\n x y","match 1:\n case {1:2,f'{x}': 1}: pass"):
    try: compile(bad,"/none/f","exec")
    except SyntaxError as e: print(repr(bad),e.msg,e.lineno,e.offset,e.end_lineno,e.end_offset,e.text)

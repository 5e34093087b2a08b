# What sys.unraisablehook writes: no causes, marks, notes or suggestions.
import sys, re
class Err:
    def write(self, s): sys.stdout.write(re.sub("0x[0-9a-f]+", "0x", s).replace(__file__, "FILE"))
    def flush(self): pass
sys.stderr = Err()
class A:
    def __del__(self): raise ValueError('in del')
a=A(); del a
class C:
    def __del__(self):
        try: 1/0
        except Exception as e: raise KeyError(3) from e
c=C(); del c
class D:
    def __del__(self):
        def f(n):
            if n: f(n-1)
            else: 1/0
        f(20)
c=D(); del c
class E:
    def __del__(self):
        raise ExceptionGroup("eg",[ValueError(1),TypeError(2)])
c=E(); del c
class E:
    def __del__(self):
        e=ValueError(1); e.add_note("hi"); raise e
c=E(); del c
class E:
    def __del__(self):
        compile("a b","f","exec")
c=E(); del c
class E:
    def __del__(self):
        compile("x = (1,\n a b","f","exec")
c=E(); del c
class E:
    def __del__(self):
        [].appendd
c=E(); del c
class E:
    def __del__(self):
        foo = 1
        fooo
c=E(); del c
class A:
    def __del__(self): raise ValueError
a=A(); del a
class N(Exception):
    def __str__(self): 1/0
class C:
    def __del__(self): raise N
c=C(); del c
N.__module__="x.y"
c=C(); del c
N.__module__=5
c=C(); del c
import types
h=sys.__unraisablehook__
T=[]
sys.unraisablehook=lambda a: T.append(type(a))
c=C(); del c
def t(*a):
    try: h(T[0](a))
    except BaseException as e: print(type(e).__name__,e,file=sys.stderr)
    print('--',file=sys.stderr)
t(ValueError,ValueError(3),None,None,None)
t(ValueError,None,None,None,None)
t(None,None,None,None,None)
t(None,ValueError(3),None,"m","o")
t(ValueError,"str",None,"m",None)
t(ValueError,"str",5,5,5)
t(5,"str",None,None,None)
t(KeyError,ValueError(1),None,None,"o")

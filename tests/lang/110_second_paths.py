# Second fast paths of instructions: membership, calls with defaults and bound methods, sums of
# large ints, iteration, formats, truth and equality.
import sys
nan=float('nan'); print(nan in (nan,), nan in [1,nan], 1.0 in (1,2), True in (1,), 1 in (True,), None in ('a',None), 'a' in (None,'a'), [] in ([],), 2**70 in (2**70,1))
class E:
    def __eq__(s,o): print('eq'); return True
print(5 in (1,E()), E() in [1,2])
print(2**70+1-2**70, -2**70+2**70, (2**70)*0, 2**70-2**70, -2**90-5, (2**40)*(2**40), 2**60*-3, (2**61)-(2**61-1), 5-2**65)
def f(a,b=2,*,c=3): return a,b,c
def g(a,b=2,c=3): return a,b,c
print(f(1),g(1),g(1,5),g(1,5,6))
class A:
    def m(self,x=1,y=2): return x,y
a=A(); m=a.m; print(m(),m(5),a.m(6),m(5,6))
try: m(1,2,3)
except TypeError as e: print(e)
try: g()
except TypeError as e: print(e)
d={1:2,'a':3}
print([k for k in d],[v for v in d.values()],sorted(x for x in {3,1,2}))
try:
    for k in d: d[k+1 if k==1 else 9]=1
except RuntimeError as e: print(e)
print('%s|%d|%r|%5d|%%|%s'%('é',-12,'x',7,None), '%d'%True, '%d'%2**70 if 0 else '%d'%(2**70))
for bad in ("'%d'%'x'","'%s %s'%(1,)","'%s'%(1,2)","'%z'%1","'%'%1"):
    try: print(eval(bad))
    except Exception as e: print(type(e).__name__,e)
print(len('abc'),len([1]),len({}),len(()))
try: len(5)
except TypeError as e: print(e)
print(isinstance(1,int),isinstance('a',(int,str)),isinstance(True,int),isinstance(A,type))
class M(type):
    def __instancecheck__(c,i): return True
class X(metaclass=M): pass
print(isinstance(3,X))
l=[]; l.append(l); print(l.append(3), len(l)); 
x=type(a) is A; y=type(1) is int; z=type(a) is not A; print(x,y,z, a is a)
print((1,'a')==(1,'a'), a==a, a!=a, a==None, None==None, 'x'==None, A==A)
import weakref
class W: pass
w=W(); r=weakref.ref(w); t=(w is w); del w; print(r())

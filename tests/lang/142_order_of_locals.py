# Locals are numbered as the code touches them first, those of comprehensions among them.
import sys
srcs='''
def f(b):
    y=[x for x in b]
    x=1
---
def f(b):
    x=1
    y=[x for x in b]
---
def f(b):
    y=[x+z for x in b]
    z=1
    w=[q for q in b if (p:=q)]
---
def f(b):
    a=[[i for i in r] for r in b]
    c={k:v for k,v in a}
    d={i for i in a}
    i=3
---
def f(b):
    return [i for i in [i for i in b]]
---
def f(b):
    return [[i for i in i] for i in b]
---
def f(b):
    for x in [x for x in b]: pass
    with b as q: [z for z in q]
    try: [e for e in b]
    except E as e: k=[e for e in b]
---
[x for x in y]
z=[a for b in c for a in b]
---
class C:
    y=[x for x in z]
    w=[x for q in z]
---
def f(b):
    if (n:=[c for c in b]): return lambda: n
    d=[n for n in b]
---
async def f(b):
    a=[x async for x in b]
    return [y for y in a if await y]
---
def f(*a,k=[q for q in z],**kw):
    g=(w for w in a)
    return [t for t in g]
---
def f():
    global x
    [x for x in y]
    x=1
---
def f():
    x=0
    def g():
        nonlocal x
        return [x for x in y]
    [x for x in y]
---
def f(b):
    [a for a in b]; [a for a in b]; [c for c in b]; [[a for a in c] for c in b]
---
def f(b):
    [a for *a, c in b if a for d in c if d]
    e=d=c=a=0
'''.split('---')
import types
def walk(c,ind=0):
    print(' '*ind,c.co_name,c.co_varnames,c.co_nlocals,c.co_cellvars,c.co_freevars)
    for k in c.co_consts:
        if isinstance(k,types.CodeType): walk(k,ind+1)
for s in srcs:
    print(s.strip()); walk(compile(s.strip(),'s','exec'))
def f(b):
    y=[x for x in b]
    x=1
    return y,x,locals()
print(f([1,2]))
def g(b):
    x=5
    y=[(x,sorted(locals())) for x in b]
    return y,x,locals()
print(g([1,2]))
def h(b):
    y=[x for x in b]
    print(x); x=1
try: h([1])
except UnboundLocalError as e: print(e)
c=f.__code__.replace(co_varnames=('p','q','r'))
print(c.co_varnames,c.co_nlocals)
print(types.FunctionType(c,{'locals':locals})([4]))
try: f.__code__.replace(co_varnames=('p','q'))
except ValueError as e: print(e)
try: print(f.__code__.replace(co_nlocals=3).co_varnames)
except ValueError as e: print(e)
import marshal
print(marshal.loads(marshal.dumps(f.__code__)).co_varnames)
# What no code touches is no local; dead code counts.
def f():
    if 0: x=1
    if False: y=2
    while 0: z=1
    while False: w=1
    if __debug__: v=1
    else: u=1
    assert 1, (t:=1)
    return
    s=1
    q: int
def g():
    a: int
    a
def h():
    a: int
    def i(): a
def j():
    a: int
    return locals(), sorted(j.__code__.co_varnames)
for k in (f,g,h): print(k.__code__.co_varnames,k.__code__.co_nlocals,k.__code__.co_cellvars)
print(j())
def k():
    for i in (): pass
    with open(__file__) as fh: pass
    try: pass
    except E as e: pass
    finally: r=1
    x=1 if 0 else y2
    0 and (m:=1)
    1 or (n:=1)
    del d
    import os.path as pp, sys
    from a import b as c, d
    def inner(): pass
    class C: pass
    match x:
        case [a, *bb]: pass
        case {'k': v, **rest}: pass
        case P(xx=yy) as zz: pass
    while (w:=f()): pass
    aa=bb2=cc=1
    (dd,(ee,*ff)),gg=1
    hh.x, ii[jj]=kk,ll
    ll=kk=jj=ii=hh=0
    mm+=nn; nn=0
    type T[U]=int
    async_=lambda p=(oo:=1): p
    return [rr for rr in x if (qq:=rr)], {ss:tt for ss,tt in x}
print(k.__code__.co_varnames)

# Which items a sort compares, and in which order, is told by the comparisons.
import random
log=[]
class K:
    __slots__='v','i'
    def __init__(s,v,i): s.v=v;s.i=i
    def __lt__(s,o): log.append((s.i,o.i)); return s.v<o.v
class F(K):
    def __lt__(s,o):
        log.append((s.i,o.i))
        if len(log)>=lim: raise ValueError
        return s.v<o.v
class R(K):
    def __lt__(s,o): log.append((s.i,o.i)); return rnd.random()<.5
import zlib
rnd=random.Random(1)
h=0
for seed in range(200):
    r=random.Random(seed)
    n=r.choice([0,1,2,3,5,10,30,63,64,65,100,200,500,1000])
    kind=r.randrange(7)
    m=r.choice([2,5,n+1,10*n+1])
    if kind==0: vals=[r.randrange(m) for _ in range(n)]
    elif kind==1: vals=sorted(r.randrange(m) for _ in range(n))
    elif kind==2: vals=sorted((r.randrange(m) for _ in range(n)),reverse=True)
    elif kind==3:
        vals=sorted(r.randrange(m) for _ in range(n))
        for _ in range(r.randrange(6)):
            if n: vals[r.randrange(n)]=r.randrange(m)
    elif kind==4:
        vals=[]
        while len(vals)<n: vals+=sorted((r.randrange(m) for _ in range(r.randrange(1,200))),reverse=r.random()<.3)
        vals=vals[:n]
    elif kind==5: vals=[i%m for i in range(n)]
    else: vals=list(range(n//2))+[x*2 for x in range(n-n//2)]
    cls=K if seed%10 else r.choice([F,R]); lim=r.randrange(1,3000)
    log.clear()
    l=[cls(v,i) for i,v in enumerate(vals)]
    try:
        l.sort(reverse=r.random()<.3) if r.random()<.5 else l.sort(key=lambda k:k,reverse=r.random()<.3)
    except ValueError: pass
    assert sorted(k.i for k in l)==list(range(n))
    h=zlib.crc32(repr((seed,n,kind,log,[k.i for k in l] if cls is not F else 0)).encode(),h)
    if seed%8==0: print(seed,n,kind,cls.__name__,len(log),h)

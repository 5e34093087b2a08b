def loops(n):
    for i in range(n):
        if i:
            continue
        if not n:
            break
    else:
        print("done")
    for k, v in n.items():
        use(k, v)
    while True:
        n -= 1
        if n < 0:
            return n

def handled(f):
    try:
        f()
    except ValueError as e:
        print(e)
        return 1
    except (A, B):
        raise
    else:
        ok()
    finally:
        done()

def star():
    try:
        f()
    except* ValueError as e:
        g(e)

def managed(a, b):
    with a as x, b:
        return x.y

def matched(x):
    match x:
        case 1 | "two":
            return 1
        case [a, *_, b] if a:
            return a + b
        case {"k": v, **rest}:
            return v, rest
        case Point(x=0, y=(1 | 2) as y):
            return y
        case _:
            assert x, "no"

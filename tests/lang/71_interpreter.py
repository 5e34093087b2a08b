# a small language with its own tokenizer, parser and evaluator: a program in the large
class Token:
    __match_args__ = ("kind", "text")
    __slots__ = ("kind", "text", "pos")
    def __init__(self, kind, text, pos): self.kind, self.text, self.pos = kind, text, pos
    def __repr__(self): return f"{self.kind}:{self.text}"
class LangError(Exception):
    def __init__(self, message, pos=None):
        super().__init__(message); self.pos = pos
    def __str__(self): return f"{self.args[0]} at {self.pos}" if self.pos is not None else self.args[0]
KEYWORDS = {"let", "fn", "if", "else", "while", "return", "true", "false", "nil", "for", "in", "try", "catch", "throw"}
TWO = {"==", "!=", "<=", ">=", "&&", "||", "->"}
def tokenize(src):
    i, n = 0, len(src)
    while i < n:
        c = src[i]
        match c:
            case " " | "\n" | "\t": i += 1
            case "#":
                while i < n and src[i] != "\n": i += 1
            case _ if c.isdigit():
                j = i
                while j < n and (src[j].isdigit() or src[j] == "."): j += 1
                yield Token("num", src[i:j], i); i = j
            case _ if c.isalpha() or c == "_":
                j = i
                while j < n and (src[j].isalnum() or src[j] == "_"): j += 1
                w = src[i:j]; yield Token(w if w in KEYWORDS else "name", w, i); i = j
            case '"':
                j = src.find('"', i + 1)
                if j < 0: raise LangError("unterminated string", i)
                yield Token("str", src[i + 1:j], i); i = j + 1
            case _ if src[i:i + 2] in TWO: yield Token(src[i:i + 2], src[i:i + 2], i); i += 2
            case _ if c in "+-*/%<>=!(){}[],;:.": yield Token(c, c, i); i += 1
            case _: raise LangError(f"unexpected {c!r}", i)
    yield Token("end", "", n)
class Node:
    def __init_subclass__(cls, fields=""):
        cls.fields = cls.__match_args__ = tuple(fields.split())
    def __init__(self, *a):
        for name, v in zip(self.fields, a, strict=True): setattr(self, name, v)
    def __repr__(self): return f"{type(self).__name__}({', '.join(repr(getattr(self, f)) for f in self.fields)})"
class Num(Node, fields="value"): pass
class Name(Node, fields="name"): pass
class Bin(Node, fields="op left right"): pass
class Un(Node, fields="op arg"): pass
class Call(Node, fields="fn args"): pass
class Fn(Node, fields="params body"): pass
class Let(Node, fields="name value"): pass
class Assign(Node, fields="target value"): pass
class If(Node, fields="cond then other"): pass
class While(Node, fields="cond body"): pass
class For(Node, fields="var seq body"): pass
class Return(Node, fields="value"): pass
class Throw(Node, fields="value"): pass
class Try(Node, fields="body var handler"): pass
class Block(Node, fields="body"): pass
class List(Node, fields="items"): pass
class Dict(Node, fields="pairs"): pass
class Index(Node, fields="obj key"): pass
class Parser:
    LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
    def __init__(self, src): self.toks, self.i = list(tokenize(src)), 0
    @property
    def tok(self): return self.toks[self.i]
    def take(self, *kinds):
        if self.tok.kind in kinds: self.i += 1; return self.toks[self.i - 1]
    def need(self, kind):
        return self.take(kind) or self.fail(f"expected {kind}, got {self.tok.kind}")
    def fail(self, m): raise LangError(m, self.tok.pos)
    def program(self):
        out = []
        while not self.take("end"): out.append(self.statement())
        return Block(out)
    def block(self):
        self.need("{"); out = []
        while not self.take("}"): out.append(self.statement())
        return Block(out)
    def statement(self):
        if self.take("let"):
            n = self.need("name").text; self.need("="); v = self.expr(); self.need(";"); return Let(n, v)
        if self.take("if"):
            c, t = self.expr(), self.block(); return If(c, t, (self.statement() if self.tok.kind == "if" else self.block()) if self.take("else") else None)
        if self.take("while"): return While(self.expr(), self.block())
        if self.take("for"):
            v = self.need("name").text; self.need("in"); return For(v, self.expr(), self.block())
        if self.take("return"):
            v = Num(None) if self.tok.kind == ";" else self.expr(); self.need(";"); return Return(v)
        if self.take("throw"): v = self.expr(); self.need(";"); return Throw(v)
        if self.take("try"):
            b = self.block(); self.need("catch"); v = self.need("name").text; return Try(b, v, self.block())
        e = self.expr()
        if self.take("="):
            if not isinstance(e, (Name, Index)): self.fail("cannot assign")
            e = Assign(e, self.expr())
        self.need(";"); return e
    def expr(self, level=0):
        if level == len(self.LEVELS): return self.unary()
        left = self.expr(level + 1)
        while t := self.take(*self.LEVELS[level]): left = Bin(t.kind, left, self.expr(level + 1))
        return left
    def unary(self):
        if t := self.take("-", "!"): return Un(t.kind, self.unary())
        e = self.atom()
        while t := self.take("(", "[", "."):
            match t.kind:
                case "(": e = Call(e, self.many(")", self.expr))
                case "[": e = Index(e, self.expr()); self.need("]")
                case ".": e = Index(e, Num(self.need("name").text))
        return e
    def many(self, close, item):
        out = []
        while not self.take(close):
            out.append(item())
            if not self.take(","): self.need(close); break
        return out
    def pair(self):
        k = self.expr(); self.need(":"); return k, self.expr()
    def atom(self):
        match self.tok:
            case Token(kind="num", text=t): self.i += 1; return Num(float(t) if "." in t else int(t))
            case Token(kind="str", text=t): self.i += 1; return Num(t)
            case Token(kind="true" | "false" | "nil" as k): self.i += 1; return Num({"true": True, "false": False, "nil": None}[k])
            case Token(kind="name", text=t): self.i += 1; return Name(t)
        if self.take("("): e = self.expr(); self.need(")"); return e
        if self.take("["): return List(self.many("]", self.expr))
        if self.take("{"): return Dict(self.many("}", self.pair))
        if self.take("fn"):
            self.need("("); p = self.many(")", lambda: self.need("name").text)
            return Fn(p, Block([Return(self.expr())]) if self.take("->") else self.block())
        self.fail(f"unexpected {self.tok.kind}")
class ReturnValue(Exception):
    def __init__(self, value): self.value = value
class Env(dict):
    def __init__(self, parent=None, **k): super().__init__(**k); self.parent = parent
    def __missing__(self, k):
        if self.parent is None: raise LangError(f"unknown name {k}")
        return self.parent[k]
    def assign(self, k, v):
        if k in self: self[k] = v
        elif self.parent is None: raise LangError(f"unknown name {k}")
        else: self.parent.assign(k, v)
import operator
OPS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
class Closure:
    def __init__(self, fn, env): self.fn, self.env = fn, env
    def __call__(self, *args):
        if len(args) != len(self.fn.params): raise LangError(f"expected {len(self.fn.params)} arguments, got {len(args)}")
        try: run(self.fn.body, Env(self.env, **dict(zip(self.fn.params, args))))
        except ReturnValue as r: return r.value
def run(node, env):
    match node:
        case Num(v): return v
        case Name(n): return env[n]
        case Bin("&&", l, r): return run(l, env) and run(r, env)
        case Bin("||", l, r): return run(l, env) or run(r, env)
        case Bin(op, l, r):
            try: return OPS[op](run(l, env), run(r, env))
            except (TypeError, ZeroDivisionError) as e: raise LangError(f"{op}: {type(e).__name__}") from e
        case Un("-", a): return -run(a, env)
        case Un("!", a): return not run(a, env)
        case Call(f, args): return run(f, env)(*[run(a, env) for a in args])
        case Fn(): return Closure(node, env)
        case Let(n, v): env[n] = run(v, env)
        case Assign(Name(n), v): env.assign(n, run(v, env))
        case Assign(Index(o, k), v): run(o, env)[run(k, env)] = run(v, env)
        case If(c, t, e):
            if run(c, env): run(t, env)
            elif e: run(e, env)
        case While(c, b):
            while run(c, env): run(b, env)
        case For(v, s, b):
            for x in run(s, env): run(b, Env(env, **{v: x}))
        case Block(body):
            inner = Env(env); r = None
            for s in body: r = run(s, inner)
            return r
        case Return(v): raise ReturnValue(run(v, env))
        case Throw(v): raise LangError(str(run(v, env)))
        case Try(b, v, h):
            try: run(b, env)
            except LangError as e: run(h, Env(env, **{v: str(e)}))
        case List(items): return [run(i, env) for i in items]
        case Dict(pairs): return {run(k, env): run(v, env) for k, v in pairs}
        case Index(o, k):
            try: return run(o, env)[run(k, env)]
            except (IndexError, KeyError) as e: raise LangError(f"no item {e}") from None
        case _: raise AssertionError(node)
def execute(src):
    out = []
    env = Env(print=lambda *a: out.append(" ".join("nil" if x is None else str(x) for x in a)), len=len, range=lambda *a: range(*a), push=lambda l, x: l.append(x), str=str)
    try: run(Parser(src).program(), env)
    except LangError as e: out.append(f"error: {e}" + (f" (cause {type(e.__cause__).__name__})" if e.__cause__ else ""))
    return out
PROGRAMS = ['print(1 + 2 * 3, (1 + 2) * 3, 7 % 3, 1 / 4, -5, !true, "a" + "b");',
    'let fib = fn(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); }; print(fib(15));',
    'let c = fn() { let n = 0; return fn() { n = n + 1; return n; }; }; let a = c(); let b = c(); print(a(), a(), b(), a());',
    'let l = []; for i in range(10) { if i % 2 == 0 { push(l, i * i); } else if i == 7 { push(l, "seven"); } } print(l, len(l), l[2]);',
    'let d = {"k": [1, {"deep": 5}], 2: fn(x) -> x + 1}; d["new"] = d.k[1].deep; print(d["new"], d[2](41)); d.k[0] = nil; print(d.k[0]);',
    'let i = 0; let s = 0; while i < 2000 { i = i + 1; if i % 3 == 0 || i % 5 == 0 { s = s + i; } } print(s);',
    'try { throw "oops"; } catch e { print("caught", e); } try { print(undefined); } catch e { print(e); } try { [1][5]; } catch e { print(e); }',
    'let map = fn(f, l) { let r = []; for x in l { push(r, f(x)); } return r; }; let compose = fn(f, g) -> fn(x) -> f(g(x)); print(map(compose(fn(x) -> x * 2, fn(x) -> x + 1), [1, 2, 3]));',
    'print(1 + "a");', 'print(1 / 0);', 'let = 5;', 'print("abc);', 'x = 1;', 'fn(a) -> a;  print((fn(a) -> a)());', '1 = 2;', 'let y = @;', 'if true { print("unclosed");', 'print(true && false || "default", nil == nil, 1 != 2, 3 >= 3);',
    'let prime = fn(n) { let i = 2; while i * i <= n { if n % i == 0 { return false; } i = i + 1; } return n > 1; }; let p = []; for n in range(60) { if prime(n) { push(p, n); } } print(p);',
    'let sort = fn(l) { let n = len(l); for i in range(n) { for j in range(n - 1 - i) { if l[j] > l[j + 1] { let t = l[j]; l[j] = l[j + 1]; l[j + 1] = t; } } } return l; }; print(sort([5, 2, 9, 1, 5, 6]));']
for p in PROGRAMS: print(*execute(p), sep="\n")
print(Parser("let x = f(1, [2]) + -y.z;").program())

"""Programs about programs: syntax trees, inspection, code objects, imports."""

import ast
import dis
import importlib.util
import inspect
import io
import keyword
import marshal
import pprint
import sys
import tokenize
import types

SOURCE = '''
import os
from typing import Any

class Shape[T]:
    """A shape."""
    sides: int = 0

    @property
    def area(self) -> float:
        return sum(x ** 2 for x in self.points if x not in (1, 2))

def draw(shape: Shape, /, *rest: Any, colour="red", **more):
    global drawn
    with open(os.devnull) as file, file as again:
        for i, (a, *b) in enumerate(rest):
            if a and not b or i < 3 <= 5: continue
            try: yield {a: b, **more}, {*b}, [x async for x in b] if 0 else lambda: a[1:2, ...]
            except* (ValueError, TypeError) as e: raise KeyError from e
            finally: del a
    match shape:
        case Shape(sides=3 | 4 as n) if n: pass
        case {"k": [_, *_], **kw}: assert kw, f"{n!r:>{5}} {kw=}"
    while (y := 1) == 2: break
    else: x = y if y else -y; x @= y
'''.replace("async for", "for")
tree = ast.parse(SOURCE)


class Names(ast.NodeTransformer):
    def visit_Name(self, node):
        return ast.copy_location(ast.Name(node.id.strip(), node.ctx), node)


print(sum(isinstance(node, ast.Name) for node in ast.walk(tree)), ast.dump(tree.body[0]), len(ast.unparse(Names().visit(tree))), ast.literal_eval("[1, {'a': (2.5, None)}]"))
code = compile(tree, "<shape>", "exec")
space = {"__name__": "shape"}
exec(code, space)
print(inspect.signature(space["draw"]), inspect.getdoc(space["Shape"]), inspect.isgeneratorfunction(space["draw"]), code.co_names, space["draw"].__code__.co_varnames)
output = io.StringIO()
dis.dis("a = b + 1", file=output)
print(len(output.getvalue()) > 20, marshal.loads(marshal.dumps(code)) == code, keyword.iskeyword("if"), len(list(tokenize.generate_tokens(io.StringIO(SOURCE).readline))))
module = types.ModuleType("made", "doc")
sys.modules["made"] = module
exec("def f(a, b=2, *, c): return locals()", vars(module))
made = importlib.import_module("made")
print(inspect.getfullargspec(made.f), made.f(1, c=3), inspect.getmembers(made, inspect.isfunction), importlib.util.find_spec("json").name, callable(made))
pprint.pprint({"list": list(range(30)), "nested": {"a": [{"b": ("x" * 20, "y" * 30)}] * 3}}, width=60)
print(type("Made", (dict,), {"x": 1})().x, [c.__name__ for c in bool.__mro__], vars(sys).get("nothing"), dir(made)[:2], id(made) == id(module), sys.getsizeof([]) > 0, inspect.currentframe().f_lineno > 1)
try:
    compile("a = = 1", "<bad>", "exec")
except SyntaxError as error:
    print(error, error.lineno, error.offset)

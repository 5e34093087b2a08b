import sys, os, tempfile, importlib, subprocess, zipfile
d = tempfile.mkdtemp()
sys.path.insert(0, d)
def write(path, text=""):
    full = os.path.join(d, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w" if isinstance(text, str) else "wb") as f: f.write(text)
    importlib.invalidate_caches()
def clean(s): return str(s).replace(d, "DIR")
def attempt(src, ns=None):
    try:
        exec(src, ns if ns is not None else {"__name__": "test"})
        print(src.splitlines()[0], "-> ok")
    except BaseException as e:
        print(src.splitlines()[0], "->", type(e).__name__ + ":", clean(e))
write("mod.py", "'''doc'''\nprint('loading', __name__, __package__ == '', __spec__.name)\nvalue = 1\n_private = 2\ndef f(): return value\n")
import mod
import mod as again
from mod import value, f as renamed, _private
print(mod is again, value, renamed(), mod.__doc__, clean(mod.__file__), mod.__name__, type(mod).__name__, mod.__spec__.origin == mod.__file__, os.path.basename(mod.__cached__).startswith("mod."), type(mod.__loader__).__name__, repr(mod).startswith("<module 'mod' from"))
ns = {}
exec("from mod import *", ns)
print(sorted(k for k in ns if not k.startswith("__")))
write("withall.py", "__all__ = ['a', '_b']\na, _b, c = 1, 2, 3\n")
ns = {}
exec("from withall import *", ns)
print(sorted(k for k in ns if not k.startswith("__")))
write("badall.py", "__all__ = ['nope']\n")
attempt("from badall import *")
write("badall2.py", "__all__ = [5]\n")
attempt("from badall2 import *")
write("pkg/__init__.py", "print('package', __path__ == [__file__.rpartition('/')[0]])\nfrom . import sub\nfrom .sub import thing as _t\n")
write("pkg/sub.py", "print('sub', __name__, __package__)\nthing = 'thing'\nfrom .. import mod as m2 if False else None\n".replace("from .. import mod as m2 if False else None\n", ""))
write("pkg/deep/__init__.py", "")
write("pkg/deep/leaf.py", "from ..sub import thing\nfrom ... import nothing\n")
write("pkg/deep/leaf2.py", "from ..sub import thing\nfrom . import leaf3\nfrom .leaf3 import *\n")
write("pkg/deep/leaf3.py", "x = 5\n")
import pkg.deep.leaf2
print(pkg.deep.leaf2.thing, pkg.deep.leaf2.x, pkg.sub.thing, pkg.__name__, pkg.deep.__package__)
attempt("import pkg.deep.leaf")
import pkg.sub as s
print(s.__name__, s is pkg.sub, sys.modules["pkg.sub"] is s)
attempt("import pkg.nope")
attempt("import mod.sub")
attempt("from pkg import nope")
attempt("from mod import nope")
attempt("import no_such_module")
attempt("import no_such.sub")
attempt("from . import x")
attempt("from . import x", {"__name__": "a.b", "__package__": "a"})
attempt("from .. import x", {"__name__": "pkg", "__package__": "pkg", "__path__": []})
attempt("from .sub import thing", {"__name__": "pkg.x", "__package__": "pkg"})
write("err.py", "x = 1\n1/0\n")
attempt("import err")
print("err" in sys.modules)
write("syn.py", "x = = 1\n")
attempt("import syn")
write("circ_a.py", "import circ_b\nfrom circ_b import late\nname = 'a'\n")
write("circ_b.py", "import circ_a\nfrom circ_a import name\nlate = 1\n")
attempt("import circ_a")
write("circ_c.py", "import circ_d\nname = 'c'\ndef use(): return circ_d.get()\n")
write("circ_d.py", "import circ_c\ndef get(): return circ_c.name\n")
import circ_c
print(circ_c.use())
write("circ_e.py", "import circ_f\nname = 'e'\n")
write("circ_f.py", "import circ_e\ncirc_e.name\n")
attempt("import circ_e")
write("ns_a/one.py", "v = 1")
import ns_a.one
print(type(ns_a.__path__).__name__, ns_a.__file__, ns_a.__spec__.origin, ns_a.one.v, repr(ns_a).startswith("<module 'ns_a' (namespace)"))
write("dyn.py", "def __getattr__(n):\n    if n == 'magic': return 'made'\n    raise AttributeError(f'no {n} here')\ndef __dir__(): return ['magic']\nset = 1\n")
import dyn
from dyn import magic
print(dyn.magic, magic, dir(dyn))
attempt("import dyn; dyn.other")
attempt("from dyn import other")
write("count.py", "n = globals().get('n', 0) + 1\n")
import count
print(count.n, importlib.reload(count).n, count.n, importlib.import_module("count") is count, importlib.import_module(".sub", "pkg").__name__)
attempt("import importlib; importlib.import_module('.x')")
attempt("import importlib; importlib.reload(5)")
sys.modules["fake"] = type("Fake", (), {"attr": "any object may be a module"})()
import fake
from fake import attr
print(attr)
sys.modules["blocked"] = None
attempt("import blocked")
attempt("from blocked import x")
del sys.modules["mod"]
import mod as reloaded
print(reloaded is mod)
class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.startswith("virtual"):
            return importlib.machinery.ModuleSpec(name, cls(), is_package=True)
    def create_module(self, spec): return None
    def exec_module(self, module): module.made = module.__name__.upper()
import importlib.machinery, importlib.util, importlib.abc
sys.meta_path.insert(0, Finder)
import virtual.inner
print(virtual.made, virtual.inner.made, virtual.__path__)
sys.meta_path.remove(Finder)
spec = importlib.util.find_spec("pkg.sub")
print(spec.name, spec.parent, clean(spec.origin), spec.has_location, spec.submodule_search_locations, importlib.util.find_spec("nope_nope"), spec.loader.is_package("pkg.sub"), spec.loader.get_source("pkg.sub").splitlines()[0])
m = importlib.util.module_from_spec(importlib.util.spec_from_file_location("by_path", os.path.join(d, "withall.py")))
m.__spec__.loader.exec_module(m)
print(m.c, m.__name__, "by_path" in sys.modules)
z = os.path.join(d, "lib.zip")
with zipfile.ZipFile(z, "w") as f:
    f.writestr("zmod.py", "v = 'from a zip'\nimport sys\n")
    f.writestr("zpkg/__init__.py", "")
    f.writestr("zpkg/inner.py", "w = __name__\n")
    f.writestr("zpkg/data.txt", "data")
sys.path.insert(0, z)
import zmod, zpkg.inner
import importlib.resources, pkgutil
print(zmod.v, zpkg.inner.w, type(zmod.__loader__).__name__, clean(zmod.__file__), importlib.resources.files("zpkg").joinpath("data.txt").read_text(), pkgutil.get_data("zpkg", "data.txt"))
print(sorted(m.name for m in pkgutil.iter_modules([os.path.join(d, "pkg")])), sorted(m.name for m in pkgutil.walk_packages([d], ) if m.name.startswith("pkg") and "." in m.name))
cache = importlib.util.cache_from_source(os.path.join(d, "mod.py"))
print(clean(os.path.dirname(cache)), importlib.util.source_from_cache(cache) == os.path.join(d, "mod.py"), len(importlib.util.MAGIC_NUMBER), importlib.util.resolve_name(".x", "a.b"))
def run(*args, **env):
    e = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    r = subprocess.run([sys.executable, *args], cwd=d, capture_output=True, text=True, env={**e, **env})
    print(clean(r.stdout + r.stderr.replace(sys.executable, "PYTHON")), end="")
write("runme/__main__.py", "import sys\nprint('main', __name__, __package__, sys.argv[1:])\nfrom . import x\nprint(x.y)\n")
write("runme/__init__.py", "print('init')")
write("runme/x.py", "y = 'relative import under -m'")
run("-m", "runme", "a", "b")
run("-m", "pkg")
run("-m", "pkg.sub")
write("appdir/__main__.py", "import helper\nprint('directory as a program', __name__, helper.h)\n")
write("appdir/helper.py", "h = 1")
run("appdir")
with zipfile.ZipFile(os.path.join(d, "app.zip"), "w") as f: f.writestr("__main__.py", "print('zip as a program', __file__.endswith('app.zip/__main__.py'))")
run("app.zip")
write("cached.py", "print('executed')\n")
run("-c", "import cached; import os; print(os.path.exists(cached.__cached__))")
pyc = importlib.util.cache_from_source(os.path.join(d, "cached.py"))
good = open(pyc, "rb").read()
for bad in (b"", b"abc", good[:16], good[:20], b"\0" * 40, good[:-3], good[:16] + b"\xff" * 20, b"\x55\x0d\x0d\x0a" + good[4:]):
    with open(pyc, "wb") as f: f.write(bad)
    r = subprocess.run([sys.executable, "-c", "import cached"], cwd=d, capture_output=True, text=True)
    print(r.stdout.strip() or r.stderr.strip().splitlines()[-1].partition(":")[0], r.returncode, end="; ")
print()
run("-B", "-c", "import mod; print(mod.value)")
run("-c", "import extra_path_module", PYTHONPATH=os.path.join(d, "elsewhere")) if False else None
write("elsewhere/extra_mod.py", "print('by PYTHONPATH')")
run("-c", "import extra_mod", PYTHONPATH=os.path.join(d, "elsewhere"))
import builtins
def hooked(name, g=None, l=None, fromlist=(), level=0):
    if name == "intercepted": return f"{name} {fromlist} {level}"
    return real(name, g, l, fromlist, level)
real = builtins.__import__
builtins.__import__ = hooked
import intercepted
print(intercepted)
builtins.__import__ = real
print(__import__("pkg.sub").__name__, __import__("pkg.sub", fromlist=["x"]).__name__, "sys" in sys.builtin_module_names, "json" in sys.stdlib_module_names, len(sys.stdlib_module_names) > 280)
def lazy():
    import json as j, os.path as osp
    from os import path as p, sep
    return j.__name__, osp is p, sep
print(lazy())
import shutil
shutil.rmtree(d)

"""Python source is compiled to bytecode and executed by a virtual machine."""

import importlib.util
import os
import py_compile
import subprocess
import sys
import tempfile

# A function holds code that was compiled when its definition was read.
def double(x):
    return x * 2

print("a function has a code object:", type(double.__code__).__name__)
print("its bytecode is bytes:", isinstance(double.__code__.co_code, bytes), len(double.__code__.co_code) > 0)

# compile() turns source text into a code object; eval() and exec() execute one.
code = compile("6 * 7", "<text>", "eval")
print("compiled once, executed twice:", eval(code), eval(code))

# Compilation comes first: a syntax error anywhere means that nothing runs.
try:
    exec("print('this line is correct')\nthis one is not\n")
except SyntaxError as error:
    print("nothing was printed, because line", error.lineno, "does not compile")

# Importing a module leaves its bytecode in __pycache__, as a .pyc file.
with tempfile.TemporaryDirectory() as folder:
    source = os.path.join(folder, "greeting.py")
    with open(source, "w") as file:
        file.write("text = 'from bytecode'\n")
    cached = importlib.util.cache_from_source(source)
    print("cache folder:", os.path.basename(os.path.dirname(cached)), os.path.splitext(cached)[1])

    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", "import greeting"], cwd=folder, env=environment, check=True)
    print("written by the import:", os.path.exists(cached))
    with open(cached, "rb") as file:
        print("starts with the magic number:", file.read(4) == importlib.util.MAGIC_NUMBER)

    # A .pyc file is a program by itself: no source is needed.
    compiled = py_compile.compile(source, cfile=os.path.join(folder, "alone.pyc"))
    os.remove(source)
    print("without its source:", subprocess.run(
        [sys.executable, "-c", "import alone; print(alone.text)"],
        cwd=folder, capture_output=True, text=True).stdout.strip())

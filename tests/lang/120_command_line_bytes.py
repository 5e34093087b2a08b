"""Names that are no UTF-8: of the program, in its arguments and in sys.path (PEP 383)."""

import os
import subprocess
import sys
import tempfile

PROGRAM = """
import sys
import beside
print(ascii(sys.argv[0][-7:]), ascii(sys.argv[1:]))
print(ascii(__file__[-7:]), ascii(sys.path[0][-4:]), ascii(beside.__file__[-12:]))
print(__loader__.__class__.__name__, __loader__.path == __file__)
sys.path_importer_cache.clear()
raise SystemExit("done")
"""

os.chdir(tempfile.mkdtemp())
folder = b"in\xff"
os.mkdir(folder)
with open(folder + b"/p\xe9m.py", "w") as file:
    file.write(PROGRAM)
with open(folder + b"/beside.py", "w") as file:
    file.write("")
# The folder and its program, each by itself.
with open(folder + b"/__main__.py", "w") as file:
    file.write(PROGRAM)


def run(*arguments, **variables):
    environment = {**os.environ, **variables, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True)
    said = done.stderr.decode().replace(sys.executable, "python")
    print(done.stdout.decode(), said, done.returncode)


run(folder + b"/p\xe9m.py", b"\xfe", "a", "\u20ac")
run("./" + os.fsdecode(folder) + "/../" + os.fsdecode(folder) + "/p\udce9m.py")
run(folder)
run("-m", "beside", b"\x80")
run("-c", "import sys; print(ascii(sys.path[1][-4:]), ascii(sys.argv))", b"\x81", PYTHONPATH=os.fsdecode(folder))

done = subprocess.run([sys.executable, b"no\xffne's.py"], capture_output=True)
print(done.stderr.decode().partition("can't open file ")[2].replace(os.getcwd(), ""), done.returncode)

for encoding in ("UTF-8", "latin-1:replace", ":ignore", "U8"):
    run("-c", "import sys; print(sys.stdin.encoding, sys.stdout.errors)", PYTHONIOENCODING=encoding)

"""What is open is written when the program ends; children of threads do not hang; a
debugger stops at the first line."""
import os
import subprocess
import sys
import tempfile
import threading

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "out")
    for kind, text in ("w", "'text'"), ("wb", "b'bytes'"):
        code = f"def f(): pass\nfile = open({path!r}, {kind!r})\nfile.write({text})\n"
        subprocess.run([sys.executable, "-c", code], check=True)
        print(open(path).read())
    script = os.path.join(folder, "script.py")
    with open(script, "w") as file:
        file.write("x = 1\nprint(x)\n")
    done = subprocess.run([sys.executable, "-m", "pdb", script], input="n\np x\nq\n",
                          capture_output=True, text=True, timeout=60)
    print(done.stdout.replace(os.path.realpath(folder), "").replace(folder, ""))

sys.setswitchinterval(1e-6)
codes = set()
for _ in range(100):
    thread = threading.Thread(target=lambda: sum(range(100)))
    thread.start()
    with __import__("warnings").catch_warnings(action="ignore"):
        pid = os.fork()
    if pid == 0:
        os._exit(3)
    thread.join()
    codes.add(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(codes)

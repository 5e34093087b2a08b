# Ctrl-C interrupts programs that never import signal, in loops and in calls; an ignored
# SIGINT stays ignored. What audit hooks hear of.
import subprocess
import sys

head = "import os, _thread\n"
programs = {
    "loop": "while 1: pass",
    "calls": "def f(n):\n    if n: f(n - 1); f(n - 1)\nf(60)",
    "errors": "def f():\n    try: f()\n    except RecursionError: f()\nf()",
}
start = (
    "import threading, time\n"
    "def h():\n    time.sleep(0.3)\n    {how}\n"
    "threading.Thread(target=h, daemon=True).start()\n"
)
for how in "_thread.interrupt_main()", "os.kill(os.getpid(), 2)":
    for name, text in programs.items():
        code = head + start.format(how=how) + text
        run = subprocess.Popen(
            [sys.executable, "-c", "import sys; exec(sys.argv[1])", code],
            stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: __import__("signal").signal(2, __import__("signal").SIG_DFL),
        )
        _, err = run.communicate(timeout=60)
        print(how, name, run.returncode, err.splitlines()[-1:])

code = "import os, sys; os.kill(os.getpid(), 2); print('still here'); print('signal' in sys.modules)"
run = subprocess.run(
    [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
    preexec_fn=lambda: __import__("signal").signal(2, __import__("signal").SIG_IGN),
)
print(run.returncode, run.stdout.split()[:2])

code = """
import gc, marshal, os, pickle, sys, tempfile, threading, time
seen = []
sys.addaudithook(lambda event, args: seen.append(event))
def step(call):
    seen.clear()
    call()
    print(list(dict.fromkeys(seen)))
step(lambda: time.sleep(0))
step(lambda: gc.get_objects(1))
step(lambda: gc.get_referents([]))
step(lambda: marshal.loads(marshal.dumps(1)))
step(lambda: sys._getframe())
step(lambda: pickle.loads(b'cos\\npath\\n.'))
step(lambda: compile('1', 'f', 'eval'))
step(lambda: os.listdir('/'))
"""
run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
print(run.stdout)

# The native part of warnings is found when the modules are imported anew.
for name in "warnings", "_warnings", "_py_warnings":
    sys.modules.pop(name, None)
import warnings

print(type(warnings.warn).__name__, type(warnings.warn_explicit).__name__)

import subprocess
import sys

import interpreters

name_of_the_first = "main"
for _ in range(3):
    interpreters.legacy()
interpreters.configured()
interpreters.bare()


def child(code, *arguments):
    done = subprocess.run([sys.executable, "-c", "import sys, interpreters\n" + code, *arguments],
                          capture_output=True, text=True)
    errors = [line for line in done.stderr.splitlines() if "rror" in line]
    print(done.returncode, done.stdout, errors, flush=True)


LIFE = """
import atexit, threading, time
atexit.register(print, "exit function")
threading.Thread(target=lambda: (time.sleep(0.05), print("thread"))).start()
class A:
    def __del__(self): print("finalizer")
kept = A()
print("not flushed yet", end="")
"""
child(LIFE + "interpreters.finalize()")
child(LIFE + "interpreters.leave()")
child(LIFE + "interpreters.second_main('program', '-c', 'print(5)')")
child(LIFE + "interpreters.wide_main('program', '-c', 'print(5)')")
child("interpreters.second_main('program', '-V')")
child("interpreters.wide_main('program', '-V')")
child("interpreters.second_main('program', '--unknown')")
child("interpreters.end_current()")
child("interpreters.end_other()")

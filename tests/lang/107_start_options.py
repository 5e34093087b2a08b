# What the command line asks for, before the program and in it.
import subprocess
import sys


def run(*arguments, stdin=None, **environment):
    import os

    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, *arguments],
        input=stdin,
        capture_output=True,
        env={**env, **environment},
    )
    print(done.returncode, done.stdout.decode(), end="")
    return done.stderr.decode()


# A warning of the compiler is an error where -W says so, though nothing has imported warnings.
bad = r'compile("\"\\q\"", "x", "exec")'
print(run("-Werror", "-c", bad).splitlines()[-1])
print("SyntaxWarning" in run("-c", bad))

# Limits and counts that the program sees.
show = "import sys, os; print(sys.flags.int_max_str_digits, sys.get_int_max_str_digits())"
run("-X", "int_max_str_digits=0", "-c", show)
run("-c", show, PYTHONINTMAXSTRDIGITS="4000")
count = "import os; print(os.cpu_count(), os.process_cpu_count())"
run("-X", "cpu_count=4321", "-c", count)
run("-c", count, PYTHON_CPU_COUNT="1234")

# Imports that load, and those that were there.
said = run("-X", "importtime=2", "-c", "import wave, wave")
print([line.split("|")[0].split()[-1] for line in said.splitlines() if line.endswith("wave")][1:])
print(run("-X", "importtime=3", "-c", "").splitlines()[0])

# Lines of blanks in a command are empty ones.
run("-c", '\n    text = """\n      \n    """\n    print(repr(text))\n')

# The plain prompt shows the lines of what was typed.
print(run("-q", "-i", stdin=b"1/0\ndef f():\n  1/0\n\nf()\nx = (\n"), end="")
print(run("-q", "-i", stdin=b"'\\xe9 \\udc80'\n", PYTHONIOENCODING="ascii"), end="")

# An empty program has a line 0.
def trace(frame, event, argument):
    print(event, frame.f_lineno, frame.f_code.co_name)
    return trace


for source in ("", "# nothing\n", "\n\nx = 1\n"):
    code = compile(source, "x", "exec")
    sys.settrace(trace)
    exec(code)
    sys.settrace(None)
print(list(compile("", "x", "exec").co_positions())[0])

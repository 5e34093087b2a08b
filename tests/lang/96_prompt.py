# The interactive prompt on a terminal: editing over lines, history, completion, errors.
# What is typed leaves marks in a file, since what the screen shows depends on timing.
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time

folder = tempfile.mkdtemp()
marks = os.path.join(folder, "marks")


def drive(arguments, lines, **variables):
    """Types each line when the one before it has left its mark."""
    if os.path.exists(marks):
        os.unlink(marks)
    process, terminal = pty.fork()
    if process == 0:
        env = dict(os.environ, TERM="xterm", HOME=folder, MARKS=marks, **variables)
        os.execve(sys.executable, [sys.executable, *arguments], env)
    screen = b""

    def wait(done):
        nonlocal screen
        end = time.monotonic() + 30
        while time.monotonic() < end and not done():
            if select.select([terminal], [], [], 0.05)[0]:
                try:
                    screen += os.read(terminal, 4096)
                except OSError:
                    return

    def count():
        return open(marks).read().count("\n") if os.path.exists(marks) else 0

    wait(lambda: b">>>" in screen)
    for line in lines:
        before = count()
        os.write(terminal, line.encode())
        if "mark(" in line or line == "\x10\n":
            wait(lambda: count() > before)
    os.write(terminal, b"\x04")
    wait(lambda: os.waitpid(process, os.WNOHANG)[0])
    try:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
    os.close(terminal)
    return open(marks).read() if os.path.exists(marks) else "no marks"


setup = "import os; mark = lambda *what: print(*what, file=open(os.environ['MARKS'], 'a'))\n"
for variables in {}, {"PYTHON_BASIC_REPL": "1"}:
    typed = [
        setup,
        "mark(1 + 1)\n",
        "def double(x):\n",
        "    return x * 2\n" if variables else "return x * 2\n",
        "\n",
        "mark(double(21))\n",
        "1 / 0\n",
        "mark('after', __name__, 'f' in dir())\n",
    ]
    if not variables:
        typed += [
            "\x10\n",
            "mark(os.pathse\t)\n",
            "mark('left'\x02\x02\x02--\x05)\n",
        ]
    print(drive(["-q"], typed, **variables))

program = os.path.join(folder, "program.py")
with open(program, "w") as file:
    file.write("here = 'left by the program'\n")
print(drive(["-i", "-q", program], [setup, "mark(here)\n"]))


def piped(*arguments, text):
    result = subprocess.run(
        [sys.executable, *arguments], input=text, capture_output=True, text=True,
        env=dict(os.environ, PYTHON_COLORS="0"),
    )
    print(result.returncode, repr(result.stdout), repr(result.stderr[-35:]))


piped("-i", "-q", text="x = 5\nfor i in range(2):\n  print(i)\n\n1/0\nx\n")
piped("-i", program, text="here\nexit(3)\n")
piped("-i", "-c", "raise SystemExit(4)", text="'still here'\n")

# readline: input() on a terminal edits its line, completes and remembers.
import os
import pty
import sys
import tempfile

folder = tempfile.mkdtemp()
marks = os.path.join(folder, "marks")
program = """
import os, readline
words = ["alpha", "alpine", "beta"]
def complete(text, state):
    found = [word for word in words if word.startswith(text)]
    return found[state] if state < len(found) else None
readline.parse_and_bind("tab: complete")
readline.set_completer(complete)
readline.add_history("first")
readline.add_history("second")
lines = [input("> ") for _ in range(4)]
readline.set_auto_history(False)
lines.append(input("> "))
with open(os.environ["MARKS"], "w") as file:
    print(lines, file=file)
    length = readline.get_current_history_length()
    print([readline.get_history_item(i + 1) for i in range(length)], file=file)
"""
process, terminal = pty.fork()
if process == 0:
    env = dict(os.environ, TERM="xterm", HOME=folder, MARKS=marks)
    os.execve(sys.executable, [sys.executable, "-c", program], env)
screen = b""
for line in "be\t!\n", "\x10\x10\n", "ab\x02X\n", "one two\x01\x0b\x19\x19\n", "unkept\n":
    while b"> " not in screen:
        screen += os.read(terminal, 1024)
    os.write(terminal, line.encode())
    screen = b""
try:
    while os.read(terminal, 1024):
        pass
except OSError:
    pass
os.waitpid(process, 0)
print(open(marks).read())

import readline

readline.clear_history()
for line in "a", "b", "c":
    readline.add_history(line)
readline.replace_history_item(1, "B")
readline.remove_history_item(0)
print([readline.get_history_item(i) for i in range(4)], readline.get_current_history_length())
for position in -1, 7:
    try:
        readline.remove_history_item(position)
    except ValueError as error:
        print(error)
path = os.path.join(folder, "history")
readline.write_history_file(path)
readline.add_history("d")
readline.append_history_file(1, path)
readline.clear_history()
readline.read_history_file(path)
print([readline.get_history_item(i) for i in range(1, 4)])
readline.set_history_length(2)
readline.write_history_file(path)
print(open(path).read().split(), readline.get_history_length())
readline.set_completer_delims(" /")
print(repr(readline.get_completer_delims()), readline.get_completer(), readline.get_line_buffer() == "")

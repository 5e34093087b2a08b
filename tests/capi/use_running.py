import running, sys, threading
def call(n):
    return (n, threading.current_thread() is not threading.main_thread())
running.threads(call); sys.stdout.flush()
running.later()
for i in range(1000):
    pass
print("looped", flush=True)
sys.stderr = sys.stdout
running.code(); sys.stdout.flush()
print(running.other_stack(lambda: sorted([3, 1, 2], key=lambda x: repr([x]))))
def failing(): return [].x
try: running.other_stack(failing)
except AttributeError as e: print(e, flush=True)

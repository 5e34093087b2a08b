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

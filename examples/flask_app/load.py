"""Puts load on the application and looks for errors and for growth of its memory.

    python3 load.py [--requests 200000] [--connections 4] [--python INTERPRETER]
                    [--site FOLDER] [--allowed-growth KIB] [--json FILE]

Reads and writes in turn: pages, static files, JSON, creating and deleting notes.
Each connection is kept as long as the server keeps it (Werkzeug's closes it after
each answer; then it is opened anew). A tenth of the requests warm the server up;
its memory is compared from there on. Exits with 1 on any error, or where memory
grew by more than is allowed.
"""

import http.client
import json
import sys
import threading
import time

from server import Server, arguments

MIX = ("/", "/api/v1/notes?limit=5", "/health", "/notes/1", "/static/style.css", "/about", "/no/such/page",
       "/?q=note", "/api/v1/notes/1", "write")
WINDOW = 10     # measurements of memory, of which the first follows the warm-up


class Client(threading.Thread):
    """One connection that takes requests from the common count."""

    def __init__(self, load):
        super().__init__(daemon=True)
        self.load = load
        self.connection = http.client.HTTPConnection("127.0.0.1", load.server.port, timeout=60)

    def ask(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.load.token}"} if self.load.token and method != "GET" else {}
        if body:
            headers["Content-Type"] = "application/json"
        for retry in (False, True):
            try:
                if self.connection.sock is None:
                    self.load.opened += 1
                self.connection.request(method, path, body, headers)
                response = self.connection.getresponse()
                return response.status, response.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()
                if retry or method != "GET":
                    raise

    def one(self, number):
        path = MIX[number % len(MIX)]
        if path == "write":
            status, body = self.ask("POST", "/api/v1/notes", json.dumps({"title": f"note {number}", "text": "load " * 20}).encode())
            if status != 201:
                return f"POST {status}"
            status, _ = self.ask("DELETE", f"/api/v1/notes/{json.loads(body)['id']}")
            return "" if status == 204 else f"DELETE {status}"
        status, body = self.ask("GET", path)
        expected = 404 if path == "/no/such/page" else 200
        return "" if status == expected and body else f"{path} {status}"

    def run(self):
        while (number := self.load.take()) is not None:
            begin = time.perf_counter()
            try:
                wrong = self.one(number)
            except Exception as error:
                wrong = f"{type(error).__name__}: {error}"
                self.connection.close()
            self.load.done(wrong, time.perf_counter() - begin)
        self.connection.close()


class Load:
    def __init__(self, server, requests):
        self.server, self.requests, self.token = server, requests, ""
        self.lock, self.taken, self.finished, self.opened = threading.Lock(), 0, 0, 0
        self.errors, self.memory, self.slowest = {}, [], 0.0
        self.steps = [requests // 10 + i * (requests - requests // 10) // (WINDOW - 1) for i in range(WINDOW)]

    def prepare(self):
        """A user, a token and notes to read."""
        client = Client(self)
        register = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        register.request("GET", "/auth/register")
        answer = register.getresponse()
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        csrf = answer.read().decode().partition('name="csrf" value="')[2].partition('"')[0]
        form = f"csrf={csrf}&name=load&password=secret1&repeat=secret1"
        register.request("POST", "/auth/register", form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
        register.getresponse().read()
        register.close()
        _, body = client.ask("POST", "/api/v1/token", json.dumps({"name": "load", "password": "secret1"}).encode())
        self.token = json.loads(body)["token"]
        for i in range(20):
            client.ask("POST", "/api/v1/notes", json.dumps({"title": f"note {i}", "text": "**text** " * 30, "tags": ["a", "b"], "public": True}).encode())
        client.connection.close()

    def take(self):
        with self.lock:
            if self.taken == self.requests or len(self.errors) > 100 or self.server.process.poll() is not None:
                return None
            self.taken += 1
            return self.taken

    def done(self, wrong, seconds):
        with self.lock:
            self.finished += 1
            self.slowest = max(self.slowest, seconds)
            if wrong:
                self.errors[wrong] = self.errors.get(wrong, 0) + 1
            if self.steps and self.finished >= self.steps[0]:
                self.steps.pop(0)
                self.memory.append(self.server.rss())

    def run(self, connections):
        """Seconds for all requests."""
        begin = time.perf_counter()
        clients = [Client(self) for _ in range(connections)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return time.perf_counter() - begin


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--allowed-growth", type=int, default=2048, metavar="KIB")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    with Server(options, "--quiet") as server:
        server.wait()
        load = Load(server, options.requests)
        load.prepare()
        seconds = load.run(options.connections)
        alive = server.process.poll() is None
    errors = sum(load.errors.values()) + (load.requests - load.finished)
    growth = load.memory[-1] - load.memory[0] if len(load.memory) > 1 else 0
    print(f"{load.finished} requests over {options.connections} connections ({load.opened} opened) in {seconds:.1f} s: "
          f"{load.finished / seconds:.0f} a second, the slowest {load.slowest * 1000:.0f} ms")
    print(f"memory in KiB after warm-up and on: {' '.join(map(str, load.memory))} (growth {growth})")
    for wrong, count in sorted(load.errors.items(), key=lambda item: -item[1])[:10]:
        print(f"  {count} x {wrong}")
    good = alive and not errors and growth <= options.allowed_growth
    print(f"{errors} errors, memory grew by {growth} KiB: {'good' if good else 'BAD'}"
          + ("" if alive else f"; the server ended with code {server.process.returncode}"))
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"requests": load.finished, "seconds": seconds, "errors": errors, "memory_kib": load.memory}, file)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

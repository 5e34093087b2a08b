"""Starts the application as a program of its own, for smoke.py and load.py."""

import argparse
import os
import pathlib
import shlex
import socket
import subprocess
import sys
import time

APP = pathlib.Path(__file__).resolve().parent / "app.py"


def arguments(description):
    """A parser with what both clients need to start the application."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--python", default=os.environ.get("KRAIT", sys.executable),
                        help="interpreter that runs the application, with its options (krait run)")
    parser.add_argument("--site", default="", help="folder where Flask is installed, for PYTHONPATH")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    return parser


class Server:
    """The running application. With it, `with Server(options) as server`."""

    def __init__(self, options, *more, log=subprocess.DEVNULL):
        self.port = options.port or self.free_port()
        env = dict(os.environ)
        if options.site:
            env["PYTHONPATH"] = os.path.abspath(options.site)
        command = [*shlex.split(options.python), str(APP), str(self.port), *more]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stderr=log, stdout=log)

    @staticmethod
    def free_port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def wait(self, seconds=60):
        """Seconds until it accepted a connection."""
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds:
            if self.process.poll() is not None:
                raise SystemExit(f"the application ended with code {self.process.returncode} before it served")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return time.perf_counter() - begin
            except OSError:
                time.sleep(0.01)
        raise SystemExit(f"the application did not listen on port {self.port} within {seconds} s")

    def rss(self):
        """Resident memory of the server in KiB (Linux), 0 where unknown."""
        try:
            with open(f"/proc/{self.process.pid}/status") as status:
                return next((int(line.split()[1]) for line in status if line.startswith("VmRSS")), 0)
        except OSError:
            return 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

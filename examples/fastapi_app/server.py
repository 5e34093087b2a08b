"""Starts the application as a program of its own, for smoke.py."""

import os
import pathlib
import shlex
import socket
import subprocess
import time

APP = pathlib.Path(__file__).resolve().parent / "app.py"


class Server:
    """The running application, with its log in a file: `with Server(...) as server`."""

    def __init__(self, python, site, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        env = dict(os.environ, PYTHONUNBUFFERED="1")
        if site:
            env["PYTHONPATH"] = os.path.abspath(site)
        command = [*shlex.split(python), str(APP), str(self.port)]
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stderr=log, stdout=log)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def wait(self, seconds=180):
        """Seconds until it accepted a connection (the first time, it installs the dependencies)."""
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

    def stop(self, seconds=20):
        """Asks it to end (SIGTERM); its exit code, None where it had to be killed."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.stop()

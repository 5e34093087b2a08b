"""A WebSocket client over a socket (RFC 6455), as small as smoke.py needs it."""

import base64
import hashlib
import json
import os
import socket
import struct

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Refused(Exception):
    """The server did not switch protocols: its status and body."""


class WebSocket:
    def __init__(self, port, path, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.file = self.socket.makefile("rb")
        self.close_code = None
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        status = int(self.file.readline().split()[1])
        headers = {}
        while line := self.file.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if status != 101:
            body = self.file.read(int(headers.get("content-length", 0)))
            self.end()
            raise Refused(status, body)
        accept = base64.b64encode(hashlib.sha1((key + MAGIC).encode()).digest()).decode()
        if headers.get("sec-websocket-accept") != accept:
            self.end()
            raise Refused(status, b"wrong Sec-WebSocket-Accept")

    def send(self, data, opcode=TEXT, final=True):
        if isinstance(data, (dict, list)):
            data = json.dumps(data)
        if isinstance(data, str):
            data = data.encode()
        mask, size = os.urandom(4), len(data)
        if size < 126:
            head = struct.pack("!BB", final << 7 | opcode, 128 | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", final << 7 | opcode, 128 | 126, size)
        else:
            head = struct.pack("!BBQ", final << 7 | opcode, 128 | 127, size)
        long = mask * (size // 4 + 1)
        masked = int.from_bytes(data, "big") ^ int.from_bytes(long[:size], "big")
        self.socket.sendall(head + mask + masked.to_bytes(size, "big"))

    def frame(self):
        first, size = self.file.read(2)
        if size == 126:
            size, = struct.unpack("!H", self.file.read(2))
        elif size == 127:
            size, = struct.unpack("!Q", self.file.read(8))
        return first & 15, bool(first & 128), self.file.read(size)

    def receive(self):
        """The next message: opcode and data; (CLOSE, reason) sets close_code."""
        whole, kind = b"", None
        while True:
            opcode, final, data = self.frame()
            if opcode == PING:
                self.send(data, PONG)
                continue
            if opcode == PONG:
                return PONG, data
            if opcode == CLOSE:
                self.close_code = struct.unpack("!H", data[:2])[0] if data else 1005
                self.send(data[:2], CLOSE)
                return CLOSE, data[2:].decode()
            kind = kind or opcode
            whole += data
            if final:
                return kind, whole

    def json(self):
        kind, data = self.receive()
        return json.loads(data) if kind == TEXT else {"kind": kind, "data": str(data)}

    def end(self):
        self.file.close()
        self.socket.close()

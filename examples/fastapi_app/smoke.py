"""Walks through all of the application and checks its answers.

    python3 smoke.py [--python INTERPRETER] [--site FOLDER] [--record]

INTERPRETER (with its options, as "krait run") runs app.py; --site is a folder where the
dependencies are installed, for an interpreter that does not install them itself.
Prints how many checks passed; exits with 1 when one failed.
"""

import argparse
import http.client
import json
import os
import pathlib
import sys
import tempfile
import threading
import time
import urllib.parse

from server import Server
from wsclient import BINARY, CLOSE, CONTINUED, PING, PONG, TEXT, Refused, WebSocket

HERE = pathlib.Path(__file__).resolve().parent
KEY = {"X-API-Key": "machine-key-for-the-example"}
HAMMER = {"sku": "TO-0001", "name": " Hammer é ", "price": {"amount": "12.50"}, "tags": ["Steel", "steel ", "wood"], "stock": 10,
          "released": "2024-02-29"}
ORDER = {"lines": [{"sku": "TO-0001", "count": 2}, {"sku": "GI-0001"}],
         "shipTo": {"street": "Long Road 1", "city": "Berlin", "country": "DE"},
         "payment": {"kind": "card", "number": "4111111111111111"}}
passed = failed = 0
recording = False


def check(what, good, seen=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAIL {what}: {str(seen)[:600]}", flush=True)


def equal(what, seen, expected):
    check(what, seen == expected, f"{seen!r} is not {expected!r}")


class Answer:
    def __init__(self, response):
        self.code, self.headers, self.body = response.status, response.headers, response.read()
        self.text = self.body.decode("utf-8", "replace")

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {"no JSON": self.text}


class Client:
    """Requests over one connection that is kept alive."""

    def __init__(self, port, **headers):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = headers

    def call(self, method, path, data=None, **more):
        headers = {name.replace("_", "-"): value for name, value in {**self.headers, **more}.items()}
        if isinstance(data, (dict, list)):
            data = json.dumps(data).encode()
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        self.connection.request(method, path, data, headers)
        return Answer(self.connection.getresponse())

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, data=None, **headers):
        return self.call("POST", path, data, **headers)

    def log_in(self, name, password, **more):
        form = urllib.parse.urlencode({"username": name, "password": password, **more})
        return self.post("/token", form, Content_Type="application/x-www-form-urlencoded")


def same_bytes(what, answer, name):
    """The answer is the file, byte for byte; with --record, it becomes the file."""
    if recording:
        (HERE / name).write_bytes(answer.body)
    check(what, answer.body == (HERE / name).read_bytes(), answer.text)


def documentation(port):
    anyone = Client(port)
    page = anyone.get("/docs")
    check("Swagger UI", page.code == 200 and "SwaggerUIBundle(" in page.text and "url: '/openapi.json'" in page.text
          and "<title>Shop - Swagger UI</title>" in page.text, page.text)
    page = anyone.get("/redoc")
    check("ReDoc", page.code == 200 and '<redoc spec-url="/openapi.json">' in page.text, page.text)
    check("Swagger's OAuth2 redirect", anyone.get("/docs/oauth2-redirect").code == 200)
    schema = anyone.get("/openapi.json")
    equal("openapi.json's type", schema.headers["Content-Type"], "application/json")
    same_bytes("openapi.json is CPython's", schema, "openapi.json")


def service(port):
    anyone = Client(port)
    page = anyone.get("/")
    check("home", page.code == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8", page.text)
    equal("health", anyone.get("/health").text, "ok\n")
    check("middleware", float(anyone.get("/health").headers["X-Seconds"]) < 60)
    moved = anyone.get("/old")
    equal("redirect", (moved.code, moved.headers["Location"]), (308, "/health"))
    answer = anyone.get("/visits", Cookie="visits=41", User_Agent="smoke", X_Word="a")
    equal("cookie and headers", answer.json, {"visits": 42, "agent": "smoke", "words": ["a"]})
    equal("set cookie", answer.headers["Set-Cookie"], "visits=42; HttpOnly; Path=/; SameSite=lax")
    equal("404", (anyone.get("/nowhere").code, anyone.get("/nowhere").json), (404, {"detail": "Not Found"}))
    equal("405", (anyone.post("/health").code, anyone.post("/health").json), (405, {"detail": "Method Not Allowed"}))
    allowed = anyone.call("OPTIONS", "/health", Origin="https://shop.example", Access_Control_Request_Method="GET")
    equal("CORS", allowed.headers["Access-Control-Allow-Origin"], "https://shop.example")
    equal("CORS for another site", anyone.get("/health", Origin="https://evil.example").headers["Access-Control-Allow-Origin"], None)
    equal("query that is no number", anyone.get("/slow?seconds=x").json, {"detail": [
        {"type": "float_parsing", "loc": ["query", "seconds"], "input": "x",
         "msg": "Input should be a valid number, unable to parse string as a number"}]})
    begin, codes = time.perf_counter(), []
    waiting = [threading.Thread(target=lambda: codes.append(Client(port).get("/slow?seconds=1").code)) for _ in range(8)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    equal("slow requests", codes, [200] * 8)
    check("slow requests wait together", time.perf_counter() - begin < 6, time.perf_counter() - begin)


def accounts(port):
    anyone = Client(port)
    refused = anyone.get("/me")
    equal("no token", (refused.code, refused.json, refused.headers["WWW-Authenticate"]), (401, {"detail": "Not authenticated"}, "Bearer"))
    refused = anyone.get("/me", Authorization="Basic YW5uOng=")
    equal("another scheme", (refused.code, refused.json), (401, {"detail": "Not authenticated"}))
    for forged in ("x", "e30.abc", "é.ü"):
        refused = Client(port).get("/me", Authorization=f"Bearer {forged}".encode())
        equal(f"forged token {forged}", (refused.code, refused.json), (401, {"detail": "The token is not valid."}))
    refused = anyone.log_in("ann", "wrong")
    equal("wrong password", (refused.code, refused.json), (400, {"detail": "Name or password is wrong."}))
    equal("unknown name", anyone.log_in("eve", "x").code, 400)
    equal("log in without a form", [error["loc"] for error in anyone.post("/token", b"", Content_Type="application/x-www-form-urlencoded").json["detail"]],
          [["body", "username"], ["body", "password"]])
    tokens = {name: anyone.log_in(name, password).json for name, password in (("ann", "wonderland"), ("bob", "builder"))}
    equal("token", (tokens["ann"]["token_type"], tokens["ann"]["expires_in"]), ("bearer", 3600))
    ann, bob = (Client(port, Authorization="Bearer " + tokens[name]["access_token"]) for name in ("ann", "bob"))
    equal("ann", ann.get("/me").json, {"name": "ann", "admin": True})
    equal("bob", bob.get("/me").json, {"name": "bob", "admin": False})
    less = anyone.log_in("ann", "wonderland", scope="orders").json["access_token"]
    refused = anyone.post("/api/v1/products", HAMMER, Authorization="Bearer " + less)
    equal("scope not asked for", (refused.code, refused.json), (403, {"detail": "The token lacks: admin."}))
    equal("no API key", (anyone.get("/stats").code, anyone.get("/stats", X_API_Key="wrong").json), (401, {"detail": "An API key is needed."}))
    return ann, bob


def products(port, ann, bob):
    anyone, path = Client(port), "/api/v1/products"
    equal("no products", anyone.get(path).json, {"total": 0, "offset": 0, "items": []})
    equal("only admin adds", (anyone.post(path, HAMMER).code, bob.post(path, HAMMER).code), (401, 403))
    made = ann.post(path, HAMMER)
    body = made.json
    equal("add", (made.code, made.headers["Location"]), (201, path + "/TO-0001"))
    check("added when", body.pop("added", "").endswith("Z"), made.text)
    equal("added", body, {"sku": "TO-0001", "name": "Hammer é", "price": {"amount": "12.50", "currency": "EUR"}, "category": "tool",
                          "tags": ["steel", "wood"], "released": "2024-02-29", "stock": 10, "id": 1, "label": "Hammer é (12.50 EUR)"})
    equal("taken", (ann.post(path, HAMMER).code, ann.post(path, HAMMER).json), (409, {"detail": "TO-0001 is taken"}))
    equal("free gift", ann.post(path, {"sku": "GI-0001", "name": "Card", "price": {"amount": 0}, "category": "gift", "stock": 5}).code, 201)
    equal("one", anyone.get(path + "/TO-0001").json["id"], 1)
    equal("none", anyone.get(path + "/TO-9999").json, {"detail": "There is no product TO-9999.", "path": path + "/TO-9999"})
    listed = anyone.get(path + "?q=HAM&category=tool&tag=wood&tag=steel").json
    equal("filter", [item["sku"] for item in listed["items"]], ["TO-0001"])
    check("none is left out", "released" not in anyone.get(path + "?category=gift").json["items"][0])
    equal("by name", [item["sku"] for item in anyone.get(path + "/by-name?descending=yes&limit=1").json["items"]], ["TO-0001"])
    table = anyone.get(path + "/export.csv")
    equal("stream", table.text.splitlines(), ["sku,name,price", "TO-0001,Hammer é,12.50 EUR", "GI-0001,Card,0.00 EUR"])
    changed = ann.call("PATCH", path + "/TO-0001", {"price": {"amount": "20.00"}, "stock": 6})
    equal("patch", (changed.code, changed.json["label"], changed.json["stock"]), (200, "Hammer é (20.00 EUR)", 6))
    ann.post(path, {**HAMMER, "sku": "TO-0002"})
    gone = ann.call("DELETE", path + "/TO-0002")
    equal("delete", (gone.code, gone.body, anyone.get(path + "/TO-0002").code), (204, b"", 404))


def errors_422(port, ann):
    path = "/api/v1/products"
    bad = ann.post(path, {"sku": "hammer", "name": "", "price": {"amount": -1.234, "currency": "GBP"}, "category": "house",
                          "tags": [1], "released": "2023-02-29", "stock": "many", "colour": "red"})
    equal("422", bad.code, 422)
    same_bytes("422's body is CPython's", bad, "errors.json")
    equal("own validator", ann.post(path, {**HAMMER, "name": "SHOUTING"}).json, {"detail": [
        {"type": "value_error", "loc": ["body", "name"], "msg": "Value error, must not be all capitals",
         "input": "SHOUTING", "ctx": {"error": {}}}]})
    free = ann.post(path, {**HAMMER, "price": {"amount": 0}}).json["detail"][0]
    equal("model's validator", (free["loc"], free["msg"]), (["body"], "Value error, only gifts may be free"))
    equal("no JSON", ann.post(path, b'{"sku": broken}').json, {"detail": [
        {"type": "json_invalid", "loc": ["body", 8], "msg": "JSON decode error", "input": {}, "ctx": {"error": "Expecting value"}}]})
    equal("no body", ann.post(path).json, {"detail": [{"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}]})
    wrong = [(error["loc"], error["type"]) for error in ann.get(path + "/by-name?limit=51&offset=-1&descending=perhaps").json["detail"]]
    equal("query", sorted(wrong), [(["query", "descending"], "bool_parsing"), (["query", "limit"], "less_than_equal"),
                                   (["query", "offset"], "greater_than_equal")])
    equal("query's model", [error["type"] for error in ann.get(path + "?q=x&more=1").json["detail"]], ["string_too_short", "extra_forbidden"])
    equal("path", ann.get("/api/v1/orders/12").json["detail"][0]["type"], "uuid_parsing")
    nested = json.loads(json.dumps(ORDER))
    nested["lines"][1]["count"], nested["payment"]["number"] = 0, "4111111111111112"
    nested["shipTo"]["country"] = "Germany"
    equal("nested", [(error["loc"], error["msg"]) for error in ann.post("/api/v1/orders", nested).json["detail"]], [
        (["body", "lines", 1, "count"], "Input should be greater than 0"),
        (["body", "shipTo", "country"], "String should match pattern '^[A-Z]{2}$'"),
        (["body", "payment", "card", "number"], "Value error, is no card number")])
    nested["payment"] = {"kind": "cash"}
    equal("union", ann.post("/api/v1/orders", nested).json["detail"][-1]["msg"],
          "Input tag 'cash' found using 'kind' does not match any of the expected tags: 'card', 'transfer'")


def orders(port, ann, bob):
    anyone, path = Client(port), "/api/v1/orders"
    equal("order needs a token", anyone.post(path, ORDER).code, 401)
    before = anyone.get("/stats", **KEY).json
    placed = bob.post(path, ORDER)
    number, body = placed.json.get("id"), placed.json
    equal("order", (placed.code, body["customer"], body["total"], body["status"]), (202, "bob", {"amount": "40.00", "currency": "EUR"}, "placed"))
    equal("order's lines", body["lines"], [{"sku": "TO-0001", "count": 2}, {"sku": "GI-0001", "count": 1}])
    equal("serializer", body["payment"], {"kind": "card", "number": "************1111"})
    equal("alias", body["shipTo"], ORDER["shipTo"])
    for _ in range(200):
        if anyone.get("/stats", **KEY).json["mail"] == 2:
            break
        time.sleep(0.02)
    equal("background tasks", anyone.get("/mail", **KEY).json, [f"log: order {number} placed", "bob: your order of 40.00 EUR is confirmed."])
    one = bob.get(f"{path}/{number}").json
    equal("order read", (one["status"], one["ship_to"]["city"], "payment" in one), ("confirmed", "Berlin", False))
    equal("one's own", (len(bob.get(path).json), len(ann.get(path).json)), (1, 1))
    equal("only admin ships", (bob.post(f"{path}/{number}/ship").code, ann.post(f"{path}/{number}/ship").json["status"]), (403, "shipped"))
    too_many = {**ORDER, "lines": [{"sku": "GI-0001", "count": 4}, {"sku": "TO-0001", "count": 99}],
                "payment": {"kind": "transfer", "iban": "DE89370400440532013000"}}
    refused = bob.post(path, too_many)
    equal("not in stock", (refused.code, refused.json), (409, {"detail": "only 4 of TO-0001 in stock"}))
    equal("rolled back", anyone.get("/api/v1/products/GI-0001").json["stock"], 4)
    after = anyone.get("/stats", **KEY).json
    equal("dependency's end", (after["rollbacks"] - before["rollbacks"], after["commits"] - before["commits"], after["sessions"]), (1, 2, 0))


def websocket(port, bob):
    token = bob.headers["Authorization"].partition(" ")[2]
    for path in ("/live?token=forged", "/live", "/nowhere"):
        try:
            WebSocket(port, path).end()
            check(f"{path} is refused", False, "accepted")
        except Refused as refused:
            equal(f"{path} is refused", refused.args[0], 403)
    live = WebSocket(port, f"/live?token={token}")
    equal("welcome", live.json(), {"event": "welcome", "name": "bob"})
    live.send({"add": [1, 2, "39"], "comment": "é 日本語 😀"})
    equal("round trip", live.json(), {"event": "sum", "sum": 42, "comment": "é 日本語 😀"})
    live.send({"add": [1, "x"]})
    equal("error on the socket", live.json(), {"event": "error", "errors": [
        {"type": "int_parsing", "loc": ["add", 1], "input": "x",
         "msg": "Input should be a valid integer, unable to parse string as an integer"}]})
    for size in (0, 125, 126, 65535, 65536, 300_000):
        data = os.urandom(size)
        live.send(data, BINARY)
        check(f"binary message of {size}", live.receive() == (BINARY, data[::-1]))
    live.send('{"add": [', TEXT, final=False)
    live.send("4]}", CONTINUED)
    equal("message in parts", live.json()["sum"], 4)
    live.send("are you there", PING)
    equal("ping", live.receive(), (PONG, b"are you there"))
    second = WebSocket(port, f"/live?token={token}")
    second.receive()
    placed = bob.post("/api/v1/orders", {**ORDER, "lines": [{"sku": "TO-0001"}]}).json
    told = {"event": "confirmed", "order": placed.get("id"), "total": "20.00 EUR"}
    equal("both are told of an order", (live.json(), second.json()), (told, told))
    live.send("bye")
    equal("closed by the server", (*live.receive(), live.close_code), (CLOSE, "as you like", 4000))
    live.end()
    second.send((1000).to_bytes(2, "big"), CLOSE)
    equal("closed by the client", (second.receive()[0], second.close_code), (CLOSE, 1000))
    second.end()
    last = WebSocket(port, f"/live?token={token}")
    last.receive()
    return last


def failures(port):
    broken = Client(port).get("/fail", **KEY)
    equal("500", (broken.code, broken.json), (500, {"detail": "Something broke. It is logged."}))
    equal("serves on", Client(port).get("/health").text, "ok\n")


def walk(port):
    documentation(port)
    service(port)
    ann, bob = accounts(port)
    products(port, ann, bob)
    errors_422(port, ann)
    orders(port, ann, bob)
    failures(port)
    return websocket(port, bob)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=os.environ.get("KRAIT", sys.executable),
                        help="interpreter that runs the application, with its options (krait run)")
    parser.add_argument("--site", default="", help="folder where the dependencies are installed, for PYTHONPATH")
    parser.add_argument("--record", action="store_true", help="write openapi.json and errors.json (with CPython 3.14)")
    options = parser.parse_args()
    global recording
    recording = options.record
    with tempfile.TemporaryFile("w+") as log, Server(options.python, options.site, log) as server:
        started, last = server.wait(), None
        try:
            last = walk(server.port)
        except Exception as error:
            check("walk through all routes", False, f"{type(error).__name__}: {error}")
        check("still running", server.process.poll() is None)
        code = server.stop()
        check("ends when told", code is not None, "had to be killed")
        if last:
            equal("the socket is closed at the end", (last.receive()[0], last.close_code), (CLOSE, 1012))
        log.seek(0)
        told = log.read()
        check("lifespan's end", "Application shutdown complete." in told, told[-300:])
        check("the log shows the one error", told.count("Traceback (most recent call last)") == 1
              and "KeyError: 'nothing'" in told, told.count("Traceback"))
        if failed:
            print("\n".join(["the application's log ends with:", *told.splitlines()[-25:]]))
    print(f"listened after {started:.2f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

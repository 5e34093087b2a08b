"""Starts the application, walks through everything it offers, and checks the answers.

    python3 smoke.py [--python INTERPRETER] [--site FOLDER] [--port N]

Prints a line per failure and closes with `N passed, N failed`; exits with 1 where
something failed. Standard library only: the client needs no Flask.
"""

import http.cookiejar
import json
import os
import re
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from server import Server, arguments

passed = failed = 0


def check(what, condition, seen=""):
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
        print(f"FAIL {what}" + (f": {str(seen)[:300]!r}" if seen else ""), flush=True)


class Answer:
    def __init__(self, response, body):
        self.code, self.headers, self.body, self.url = response.status, response.headers, body, response.url

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


class Browser:
    """A client with cookies of its own that follows redirects."""

    def __init__(self, base):
        self.base, self.csrf = base, ""
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar))

    def call(self, method, path, data=None, headers=()):
        request = urllib.request.Request(self.base + path, data, dict(headers), method=method)
        try:
            with self.opener.open(request, timeout=60) as response:
                answer = Answer(response, response.read())
        except urllib.error.HTTPError as error:
            with error:
                answer = Answer(error, error.read())
        if found := re.search(r'name="csrf" value="([^"]+)"', answer.text):
            self.csrf = found[1]
        return answer

    def get(self, path, **headers):
        return self.call("GET", path, headers=headers)

    def post(self, path, with_token=True, **fields):
        if with_token:
            fields["csrf"] = self.csrf
        return self.call("POST", path, urllib.parse.urlencode(fields).encode())

    def upload(self, path, name, content):
        mark = "----smoke"
        parts = (f'--{mark}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self.csrf}\r\n'
                 f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                 "Content-Type: text/plain\r\n\r\n").encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self.call("POST", path, parts, {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def api(self, method, path, data=None, **headers):
        body = None if data is None else data if isinstance(data, bytes) else json.dumps(data).encode()
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self.call(method, "/api/v1" + path, body, headers)


def public_pages(base):
    anyone = Browser(base)
    page = anyone.get("/")
    check("home", page.code == 200 and "Nothing to read yet." in page.text, page.text)
    check("home is HTML in UTF-8", page.headers["Content-Type"] == "text/html; charset=utf-8", page.headers)
    check("template inheritance", "<title>About - Notebook</title>" in anyone.get("/about").text)
    check("health", anyone.get("/health").text == "ok\n")
    style = anyone.get("/static/style.css")
    check("static file", style.code == 200 and style.headers["Content-Type"].startswith("text/css") and b"--ink" in style.body)
    again = anyone.get("/static/style.css", **{"If-None-Match": style.headers["ETag"]})
    check("static file not modified", again.code == 304 and not again.body, again.code)
    check("robots.txt", "/admin/" in anyone.get("/static/robots.txt").text)
    check("no way out of the static folder", anyone.get("/static/../app.py").code == 404)
    page = anyone.get("/no/such/page?x=1")
    check("404", page.code == 404 and "/no/such/page" in page.text and "Go home." in page.text, page.text)
    page = anyone.get("/%3Cscript%3E")
    check("404 escapes", page.code == 404 and "&lt;script&gt;" in page.text and "<script>" not in page.text, page.text)
    page = anyone.call("POST", "/about", b"")
    check("405", page.code == 405 and "Method Not Allowed" in page.text, page.text)
    check("HEAD", anyone.call("HEAD", "/about").body == b"")
    check("OPTIONS", "GET" in anyone.call("OPTIONS", "/about").headers["Allow"])


def accounts(base):
    ann = Browser(base)
    page = ann.get("/notes/")
    check("login required", page.url.endswith("/auth/login?next=/notes/") and "Please log in first." in page.text, page.url)
    ann.get("/auth/register")
    page = ann.post("/auth/register", with_token=False, name="ann", password="secret1", repeat="secret1")
    check("CSRF token missing", page.code == 400 and "expired" in page.text, page.text)
    page = ann.post("/auth/register", name="Ann!", password="short", repeat="other")
    check("form errors", page.code == 422 and page.text.count('class="error"') == 3 and 'value="Ann!"' in page.text, page.text)
    page = ann.post("/auth/register", name="ann", password="secret1", repeat="secret1")
    check("register", page.code == 200 and "Welcome, ann!" in page.text and page.url.endswith("/notes/"), page.text)
    check("flash is shown once", "Welcome" not in ann.get("/notes/").text)
    bob = Browser(base)
    bob.get("/auth/register")
    page = bob.post("/auth/register", name="ann", password="secret2", repeat="secret2")
    check("name is taken", page.code == 422 and "taken" in page.text, page.text)
    bob.post("/auth/register", name="bob", password="secret2", repeat="secret2")
    bob.get("/")
    page = bob.post("/auth/logout")
    check("logout", "You are logged out." in page.text and "Log in" in page.text, page.text)
    bob.get("/auth/login?next=/notes/new")
    page = bob.post("/auth/login?next=/notes/new", name="bob", password="wrong")
    check("wrong password", page.code == 422 and "is wrong" in page.text)
    page = bob.post("/auth/login?next=/notes/new", name="bob", password="secret2")
    check("login goes on where it began", page.url.endswith("/notes/new"), page.url)
    eve = Browser(base)
    eve.get("/auth/login")
    page = eve.post("/auth/login?next=//evil.example/", name="bob", password="secret2")
    check("login goes to no other site", page.url == base + "/notes/", page.url)
    forged = Browser(base)
    page = forged.get("/notes/", Cookie="session=eyJ1c2VyIjoiYW5uIn0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    check("forged session", page.url.endswith("/auth/login?next=/notes/"), page.url)
    return ann, bob


def written_notes(base, ann, bob):
    ann.get("/notes/new")
    page = ann.post("/notes/new", title="", text="x" * 10_001, tags="")
    check("note errors", page.code == 422 and "required" in page.text and "now 10001" in page.text)
    page = ann.post("/notes/new", title="First <note>", tags="Zebra apple apple",
                    text="**Bold** and *soft* `code`\r\nhttps://example.org/\r\n\r\n- one\r\n- two <b>\r\n\r\nünïcode 日本語 😀")
    number = int(page.url.rpartition("/")[2])
    for part in ("<h1>First &lt;note&gt;</h1>", "<strong>Bold</strong> and <em>soft</em> <code>code</code><br>",
                 '<a href="https://example.org/" rel="nofollow">', "<ul><li>one</li><li>two &lt;b&gt;</li></ul>",
                 "ünïcode 日本語 😀", "just now", ">apple</a> <a", "The note is saved."):
        check(f"note shows {part}", part in page.text, page.text)
    check("private note", bob.get(f"/notes/{number}").code == 404)
    check("private note is not listed", "First" not in bob.get("/").text)
    check("edit is filled in", 'value="apple zebra"' in ann.get(f"/notes/{number}/edit").text)
    page = ann.post(f"/notes/{number}/edit", title="Public now", text="hello world", tags="apple", public="on")
    check("edit", "Public now" in page.text and "The note is changed." in page.text, page.text)
    check("public note", "hello world" in bob.get(f"/notes/{number}").text)
    check("only its author edits", bob.get(f"/notes/{number}/edit").code == 403)
    page = bob.post(f"/notes/{number}/delete")
    check("only its author deletes", page.code == 403, page.code)
    page = bob.get("/notes/tag/apple")
    check("tag", "Public now" in page.text and "Nobody" not in page.text)
    check("unknown tag", "Nobody has written about nothing" in bob.get("/notes/tag/nothing").text)
    check("search finds", "1 note with" in bob.get("/?q=HELLO+now").text)
    check("search finds nothing", "0 notes with" in bob.get("/?q=hello+absent").text)
    text = bob.get(f"/notes/{number}.txt")
    check("download", text.text == "Public now\n==========\n\nhello world\n" and "attachment" in text.headers["Content-Disposition"], text.text)
    ann.get("/notes/")
    page = ann.upload("/notes/upload", "letter.txt", "Dear reader, é\n".encode())
    check("upload", "letter.txt" in page.text and "Dear reader, é" in page.text, page.text)
    ann.get("/notes/")
    page = ann.upload("/notes/upload", "bad.txt", b"ab\xff\xfe")
    check("upload of no text", page.code == 400 and "at byte 2" in page.text, page.text)
    ann.get("/notes/")
    check("upload of nothing", "Choose a text file" in ann.upload("/notes/upload", "", b"").text)
    ann.get("/notes/")
    try:
        code = ann.upload("/notes/upload", "huge.txt", b"x" * (2 << 20)).code
    except (urllib.error.URLError, ConnectionError):
        code = 413      # the server may hang up while we still send
    check("upload too large", code == 413, code)
    for i in range(12):
        ann.get("/notes/new")
        ann.post("/notes/new", title=f"Note {i}", text=f"text {i}", public="on")
    first, second = ann.get("/?q=note"), ann.get("/?q=note&page=2")
    check("pages", "Note 11" in first.text and "Note 1<" not in first.text and "Note 1<" in second.text and "q=note&amp;page=2" in first.text, first.text)
    check("page out of range", ann.get("/?page=999").code == 200 and ann.get("/?page=x").code == 200)
    ann.get(f"/notes/{number}")
    page = ann.post(f"/notes/{number}/delete")
    check("delete", "The note is gone." in page.text and ann.get(f"/notes/{number}").code == 404, page.text)


def administration(ann, bob):
    page = ann.get("/admin/")
    check("admin", page.code == 200 and "ann (admin)" in page.text and "2 users" in page.text, page.text)
    check("admin is not for all", bob.get("/admin/").code == 403)
    page = ann.get("/admin/fail")
    check("500", page.code == 500 and "Something broke" in page.text and "KeyError" not in page.text, page.text)
    check("serves on after an error", ann.get("/health").code == 200)


def json_api(base, ann):
    anyone = Browser(base)
    listed = anyone.api("GET", "/notes?limit=5&offset=2").json
    check("API list", len(listed.get("notes", ())) == 5 and listed["total"] == 12 and listed["notes"][0]["title"] == "Note 9", listed)
    check("API bad limit", anyone.api("GET", "/notes?limit=0").json["error"]["code"] == 400)
    missing = anyone.api("GET", "/notes/9999")
    check("API 404 is JSON", missing.code == 404 and missing.json["error"]["message"] == "There is no note 9999.", missing.text)
    check("API unknown address", anyone.api("GET", "/nowhere").json["error"]["name"] == "Not Found")
    check("API 405 is JSON", anyone.api("DELETE", "/notes").json["error"]["code"] == 405)
    check("API needs a user", anyone.api("POST", "/notes", {"title": "t", "text": "x"}).code == 401)
    check("API wrong password", anyone.api("POST", "/token", {"name": "bob", "password": "no"}).code == 401)
    check("API body is no JSON", anyone.api("POST", "/token", b"{broken").json["error"]["code"] == 400)
    check("API body is no object", anyone.api("POST", "/token", [1]).json["error"]["message"].startswith("The body"))
    check("API bad token", anyone.api("GET", "/notes", Authorization="Bearer x.y.z").json["error"]["message"] == "The token is not valid.")
    token = anyone.api("POST", "/token", {"name": "bob", "password": "secret2"}).json.get("token", "")
    bearer = {"Authorization": f"Bearer {token}"}
    bad = anyone.api("POST", "/notes", {"title": 5, "tags": [1], "extra": 0}, **bearer)
    check("API validation", bad.code == 422 and sorted(bad.json["error"]["fields"]) == ["extra", "tags", "text", "title"], bad.text)
    made = anyone.api("POST", "/notes", {"title": "By API é", "text": "text", "tags": ["api"], "public": True}, **bearer)
    check("API create", made.code == 201 and made.json["author"] == "bob" and made.headers["Location"].endswith(f"/{made.json['id']}"), made.text)
    path = f"/notes/{made.json.get('id')}"
    one = anyone.api("GET", path)
    check("API read", one.json["title"] == "By API é" and one.json["url"].startswith(base), one.text)
    check("API not modified", anyone.api("GET", path, **{"If-None-Match": one.headers["ETag"]}).code == 304)
    check("API patch", anyone.api("PATCH", path, {"title": "Patched"}, **bearer).json["title"] == "Patched")
    check("API put needs all", anyone.api("PUT", path, {"title": "Put"}, **bearer).code == 422)
    check("API put", anyone.api("PUT", path, {"title": "Put", "text": "new"}, **bearer).json["text"] == "new")
    check("API by session", ann.api("DELETE", path).code == 403)
    lines = anyone.api("GET", "/export.ndjson")
    check("API stream", len(lines.text.splitlines()) == 13 and all(json.loads(line)["public"] for line in lines.text.splitlines()), lines.text)
    table = anyone.api("GET", "/export.csv").text.splitlines()
    check("API CSV", table[0] == "id,author,title,tags,public" and len(table) == 14, table)
    check("API delete", anyone.api("DELETE", path, **bearer).code == 204 and anyone.api("GET", path).code == 404)
    stats = anyone.api("GET", "/stats").json
    check("API stats", stats["users"] == 2 and stats["tags"] == {"uploaded": 1}, stats)


def main():
    options = arguments(__doc__.splitlines()[0]).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "notes.json")
        log = open(os.path.join(folder, "log"), "w+")
        with Server(options, "--data", data, log=log) as server:
            started = server.wait()
            try:
                public_pages(server.url)
                ann, bob = accounts(server.url)
                written_notes(server.url, ann, bob)
                administration(ann, bob)
                json_api(server.url, ann)
            except Exception as error:
                check("walk through all routes", False, f"{type(error).__name__}: {error}")
                if not isinstance(error, OSError):
                    raise
            check("still running", server.process.poll() is None)
        with open(data, encoding="utf-8") as file:
            kept = json.load(file)
        check("kept in the file", len(kept["users"]) == 2 and len(kept["notes"]) == 13, kept)
        with Server(options, "--data", data, "--quiet") as server:
            server.wait()
            check("there after a restart", "13 notes" in Browser(server.url).get("/?q=").text or
                  Browser(server.url).api("GET", "/stats").json["notes"] == 13)
        if failed:
            log.seek(0)
            errors = [line for line in log.read().splitlines() if '" 200 ' not in line]
            print("\n".join(["the application's log ends with:", *errors[-15:]]))
        log.close()
    print(f"listened after {started:.2f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

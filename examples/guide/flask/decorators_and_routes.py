"""Route decorators bind URLs to view functions."""

import functools

from flask import Flask, make_response, redirect, request, session, url_for

app = Flask(__name__)
app.secret_key = "only for this example"

@app.route('/')
def index():
    return "index"

# The decorator registers the function, and gives it back unchanged.
print("still a function:", index(), "- registered as:", app.view_functions["index"] is index)

@app.route("/user/<name>")
@app.route("/member/<name>", endpoint="member")
def user(name):
    return f"user {name}"

@app.route("/number/<int:n>")
@app.route("/number/<float:n>")
def number(n):
    return f"{type(n).__name__} {n}"

@app.route("/files/<path:where>")
def files(where):
    return where

@app.route("/form", methods=["GET", "POST"])
def form():
    if request.method == "POST":
        return f"posted {request.form['field']}", 201, {"X-Made-By": "a tuple"}
    return "the form"

@app.get("/go")
def go():
    return redirect(url_for("user", name="redirected"))

@app.get("/data")
def data():
    return {"a dict": "becomes JSON", "list": [1, 2]}

@app.get("/custom")
def custom():
    response = make_response("teapot", 418)
    response.set_cookie("tea", "green")
    return response

def login_required(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if "name" not in session:
            return "log in first", 401
        return view(*args, **kwargs)
    return wrapper

@app.post("/login")
def login():
    session["name"] = request.json["name"]
    return "", 204

@app.get("/secret")
@login_required
def secret():
    return f"the secret of {session['name']}"

@app.before_request
def before():
    request.seen = ["before"]

@app.after_request
def after(response):
    response.headers["X-Seen"] = ",".join(request.seen + ["after"])
    return response

@app.errorhandler(404)
def missing(error):
    return f"nothing at {request.path}", 404

client = app.test_client()

def show(response):
    print(response.request.method, response.request.path, response.status_code,
          response.get_data(as_text=True).strip(), response.headers["X-Seen"])

for path in ("/", "/user/ann", "/member/bob", "/number/5", "/number/2.5", "/files/a/b/c.txt", "/form", "/data", "/nowhere"):
    show(client.get(path))
response = client.post("/form", data={"field": "value & more"})
show(response)
print(response.headers["X-Made-By"])
show(client.delete("/form"))
response = client.get("/go")
print(response.status_code, response.location)
show(client.get("/go", follow_redirects=True))
response = client.get("/custom")
print(response.status, response.headers["Set-Cookie"])
show(client.get("/secret"))
show(client.post("/login", json={"name": "ann"}))
show(client.get("/secret"))
print(sorted(client.options("/form").allow))

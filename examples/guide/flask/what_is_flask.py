"""Flask: routing, templates with Jinja2, and extensions, in a small framework."""

from flask import Flask, jsonify, render_template_string, request

app = Flask(__name__)

@app.route("/")
def home():
    return "Hello from Flask"

@app.route("/page/<name>")
def page(name):
    return render_template_string("<h1>{{ name|title }}</h1>", name=name)

@app.get("/api/sum")
def add():
    return jsonify(sum=request.args.get("a", 0, int) + request.args.get("b", 0, int))

# A whole microservice: its requests can be made without a server.
client = app.test_client()
for path in ("/", "/page/guido", "/api/sum?a=20&b=22", "/missing"):
    response = client.get(path)
    print(path, response.status, response.content_type)
    print("   ", response.get_data(as_text=True).strip().splitlines()[-1])

# The application is a WSGI callable: any WSGI server can run it.
answer = {}
def start_response(status, headers):
    answer["status"] = status
    answer["type"] = dict(headers)["Content-Type"]
environ = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "SERVER_NAME": "localhost",
    "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
}
body = b"".join(app(environ, start_response))
print(answer["status"], answer["type"], body)

# Extensions hang on to the application.
class Greeter:
    def __init__(self, app):
        app.extensions["greeter"] = self
        app.jinja_env.globals["greet"] = lambda who: f"Good day, {who}"

Greeter(app)
with app.app_context():
    print(render_template_string("{{ greet('reader') }}"), "greeter" in app.extensions)

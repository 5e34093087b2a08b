"""Blueprints organise an application into components."""

from flask import Blueprint, Flask, abort, jsonify, url_for

auth = Blueprint('auth', __name__, url_prefix="/auth")
admin = Blueprint("admin", __name__, url_prefix="/admin")
api = Blueprint("api", __name__)

@auth.route("/login")
def login():
    return "the login page"

@admin.before_request
def guard():
    abort(403)

@admin.route("/")
def dashboard():
    return "never reached"

@admin.errorhandler(403)
def forbidden(error):
    return "admin says: keep out", 403

@api.get("/items/<int:number>")
def item(number):
    return jsonify(item=number, again=url_for(".item", number=number))

v2 = Blueprint("v2", __name__, url_prefix="/v2")

@v2.get("/ping")
def ping():
    return "nested pong"

api.register_blueprint(v2)

app = Flask(__name__)
app.register_blueprint(auth)
app.register_blueprint(admin)
app.register_blueprint(api, url_prefix="/api")
app.register_blueprint(api, url_prefix="/old", name="old_api")

print("registered:", sorted(app.blueprints))
for rule in sorted(map(str, app.url_map.iter_rules())):
    print("  ", rule)

# Registering the same blueprint under the same name again is an error.
try:
    app.register_blueprint(Blueprint("auth", __name__))
except ValueError as error:
    print("ValueError:", str(error).partition(".")[0])

client = app.test_client()
for path in ("/auth/login", "/admin/", "/api/items/7", "/old/items/7", "/api/v2/ping", "/api/items/x"):
    response = client.get(path)
    print(path, response.status_code, response.get_data(as_text=True).strip().splitlines()[-1])

with app.test_request_context():
    print(url_for("auth.login"), url_for("api.v2.ping"), url_for("admin.dashboard", _external=True))

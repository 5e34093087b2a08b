"""The JSON API: notes by session or by token, with errors as JSON."""

import csv
import functools
import io
import json
from dataclasses import asdict

from flask import Blueprint, Response, abort, current_app, g, jsonify, request, url_for
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from werkzeug.security import check_password_hash

from .storage import store

api = Blueprint("api", __name__)
TOKEN_SECONDS = 3600
KINDS = {"title": str, "text": str, "tags": list, "public": bool}


def signer():
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="api-token")


@api.before_request
def token_user():
    """A bearer token wins over the session."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return
    try:
        g.user = store().user(signer().loads(token, max_age=TOKEN_SECONDS))
    except SignatureExpired:
        abort(401, "The token has expired.")
    except BadSignature:
        abort(401, "The token is not valid.")


def user_required(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if g.user is None:
            abort(401, "This needs a user.")
        return view(*args, **kwargs)
    return wrapper


def body():
    data = request.get_json()
    if not isinstance(data, dict):
        abort(400, "The body has to be a JSON object.")
    return data


def note_fields(data, *, partial):
    """The fields of a note in the request, checked; 422 with all errors."""
    errors = {name: "unknown field" for name in data.keys() - KINDS.keys()}
    for name, kind in KINDS.items():
        if name in data and not isinstance(data[name], kind):
            errors[name] = f"has to be {kind.__name__}"
    if not partial:
        errors |= {name: "is required" for name in ("title", "text") if name not in data}
    if isinstance(data.get("tags"), list) and not all(isinstance(tag, str) for tag in data["tags"]):
        errors["tags"] = "has to hold texts"
    if "title" in data and not errors.get("title") and not 1 <= len(data["title"].strip()) <= 80:
        errors["title"] = "has to have 1 to 80 characters"
    if errors:
        response = jsonify(error={"code": 422, "name": "Unprocessable Entity", "fields": errors})
        response.status_code = 422
        abort(response)
    return data


def as_json(note):
    return {**asdict(note), "url": url_for("notes.read", number=note.id, _external=True)}


def readable(number):
    note = store().note(number)
    if note is None or not note.visible_to(g.user):
        abort(404, f"There is no note {number}.")
    return note


def writable(number):
    note = readable(number)
    if g.user.name != note.author:
        abort(403, "Only its author may do that.")
    return note


@api.post("/token")
def token():
    data = body()
    user = store().user(data.get("name"))
    if not user or not check_password_hash(user.password_hash, str(data.get("password"))):
        abort(401, "Name or password is wrong.")
    return {"token": signer().dumps(user.name), "seconds": TOKEN_SECONDS}


@api.get("/notes")
def index():
    offset, limit = request.args.get("offset", 0, int), request.args.get("limit", 20, int)
    if offset < 0 or not 1 <= limit <= 100:
        abort(400, "offset counts from 0, limit is 1 to 100.")
    found = store().notes(visible_to=g.user, words=request.args.get("q", ""), tag=request.args.get("tag"))
    return jsonify(total=len(found), offset=offset, notes=[as_json(note) for note in found[offset:offset + limit]])


@api.post("/notes")
@user_required
def create():
    note = store().add_note(g.user.name, **note_fields(body(), partial=False))
    return as_json(note), 201, {"Location": url_for(".one", number=note.id)}


@api.get("/notes/<int:number>")
def one(number):
    response = jsonify(as_json(readable(number)))
    response.add_etag()
    return response.make_conditional(request)


@api.route("/notes/<int:number>", methods=["PUT", "PATCH"])
@user_required
def change(number):
    writable(number)
    fields = note_fields(body(), partial=request.method == "PATCH")
    return as_json(store().change_note(number, **fields))


@api.delete("/notes/<int:number>")
@user_required
def delete(number):
    writable(number)
    store().delete_note(number)
    return "", 204


@api.get("/stats")
def stats():
    return store().counts()


@api.get("/export.ndjson")
def export_ndjson():
    found = store().notes(visible_to=g.user)

    def lines():
        for note in found:
            yield json.dumps(asdict(note), ensure_ascii=False) + "\n"
    return Response(lines(), mimetype="application/x-ndjson")


@api.get("/export.csv")
def export_csv():
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "author", "title", "tags", "public"])
    for note in store().notes(visible_to=g.user):
        writer.writerow([note.id, note.author, note.title, " ".join(note.tags), note.public])
    return Response(text.getvalue(), mimetype="text/csv")

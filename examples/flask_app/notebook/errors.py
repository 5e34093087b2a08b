"""Error pages: HTML for people, JSON below /api."""

from flask import jsonify, render_template, request
from werkzeug.exceptions import HTTPException


def wants_json():
    return request.path.startswith("/api/")


def show(error):
    if wants_json():
        return jsonify(error={"code": error.code, "name": error.name, "message": error.description}), error.code
    return render_template("errors/error.html", error=error), error.code


def missing(error):
    if wants_json():
        return show(error)
    return render_template("errors/404.html", path=request.path), 404


def broken(error):
    if wants_json():
        return jsonify(error={"code": 500, "name": "Internal Server Error", "message": "This is our fault."}), 500
    return render_template("errors/500.html"), 500


def register(app):
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(404, missing)
    app.register_error_handler(500, broken)

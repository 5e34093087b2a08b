"""Pages that everybody can read."""

import platform
import sys

from flask import Blueprint, current_app, g, render_template, request

from .storage import store

pages = Blueprint("pages", __name__)


def paginate(items):
    """The items of the page that the request asks for, and the page numbers."""
    size = current_app.config["NOTES_PER_PAGE"]
    last = max(1, -(-len(items) // size))
    number = min(max(1, request.args.get("page", 1, int)), last)
    return items[(number - 1) * size:number * size], number, last


@pages.get("/")
def home():
    words = request.args.get("q", "").strip()
    found = store().notes(visible_to=g.user, words=words)
    shown, page, last = paginate(found)
    return render_template("home.html", notes=shown, words=words, count=len(found), page=page, last=last)


@pages.get("/about")
def about():
    facts = {
        "Python": platform.python_version(),
        "Implementation": sys.version.splitlines()[0],
        "Stored": store().counts(),
    }
    return render_template("about.html", facts=facts)


@pages.get("/health")
def health():
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}

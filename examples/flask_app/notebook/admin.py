"""For the administrator: what is stored, and an error to look at."""

from collections import Counter

from flask import Blueprint, g, render_template

from .auth import admin_required
from .storage import store

admin = Blueprint("admin", __name__, url_prefix="/admin")


@admin.get("/")
@admin_required
def dashboard():
    by_author = Counter(note.author for note in store().notes(visible_to=g.user))
    return render_template("admin/dashboard.html", counts=store().counts(), users=store().users(), by_author=by_author)


@admin.get("/fail")
@admin_required
def fail():
    """Raises, to show the page for code 500."""
    return {}["this key does not exist"]

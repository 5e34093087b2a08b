"""Accounts: register, log in, log out; who makes this request."""

import functools

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.security import check_password_hash, generate_password_hash

from .forms import LoginForm, RegisterForm, csrf_protected
from .storage import store

auth = Blueprint("auth", __name__, url_prefix="/auth")
HASH_METHOD = "pbkdf2:sha256:50000"


def load_user():
    """Before each request: g.user is the user of the session, or None."""
    name = session.get("user")
    g.user = store().user(name) if name else None


def login_required(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if g.user is None:
            flash("Please log in first.", "warning")
            return redirect(url_for("auth.login", next=request.path))
        return view(*args, **kwargs)
    return wrapper


def admin_required(view):
    @functools.wraps(view)
    @login_required
    def wrapper(*args, **kwargs):
        if not g.user.is_admin:
            abort(403)
        return view(*args, **kwargs)
    return wrapper


def start_session(user):
    session.clear()
    session["user"] = user.name


def local_address(target):
    """Where to go after logging in; never to another site."""
    return target if target.startswith("/") and not target.startswith("//") else url_for("notes.mine")


@auth.route("/register", methods=["GET", "POST"])
@csrf_protected
def register():
    form = RegisterForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.valid():
        user = store().add_user(form["name"], generate_password_hash(form["password"], method=HASH_METHOD))
        if user:
            start_session(user)
            flash(f"Welcome, {user.name}!")
            return redirect(url_for("notes.mine"))
        form.fail("name", "This name is taken.")
    return render_template("auth/register.html", form=form), 422 if form.errors else 200


@auth.route("/login", methods=["GET", "POST"])
@csrf_protected
def login():
    form = LoginForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.valid():
        user = store().user(form["name"])
        if user and check_password_hash(user.password_hash, form["password"]):
            start_session(user)
            return redirect(local_address(request.args.get("next", "")))
        form.fail("password", "Name or password is wrong.")
    return render_template("auth/login.html", form=form), 422 if form.errors else 200


@auth.post("/logout")
@csrf_protected
def logout():
    session.clear()
    flash("You are logged out.")
    return redirect(url_for("pages.home"))

"""A user's notes: list, read, write, upload, download."""

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for

from .auth import login_required
from .forms import NoteForm, csrf_protected
from .pages import paginate
from .storage import store

notes = Blueprint("notes", __name__, url_prefix="/notes")


def readable(number):
    note = store().note(number)
    if note is None or not note.visible_to(g.user):
        abort(404)
    return note


def writable(number):
    note = readable(number)
    if g.user.name != note.author:
        abort(403)
    return note


@notes.get("/")
@login_required
def mine():
    shown, page, last = paginate(store().notes(author=g.user.name))
    return render_template("notes/mine.html", notes=shown, page=page, last=last)


@notes.get("/tag/<tag>")
def tagged(tag):
    found = store().notes(visible_to=g.user, tag=tag)
    return render_template("notes/tagged.html", tag=tag, notes=found)


@notes.get("/<int:number>")
def read(number):
    return render_template("notes/read.html", note=readable(number))


@notes.route("/new", methods=["GET", "POST"])
@login_required
@csrf_protected
def new():
    form = NoteForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.valid():
        note = store().add_note(g.user.name, **form.as_note())
        flash("The note is saved.")
        return redirect(url_for(".read", number=note.id))
    return render_template("notes/edit.html", form=form, note=None), 422 if form.errors else 200


@notes.route("/<int:number>/edit", methods=["GET", "POST"])
@login_required
@csrf_protected
def edit(number):
    note = writable(number)
    if request.method == "POST":
        form = NoteForm(request.form)
        if form.valid():
            store().change_note(number, **form.as_note())
            flash("The note is changed.")
            return redirect(url_for(".read", number=number))
    else:
        form = NoteForm(title=note.title, text=note.text, tags=" ".join(note.tags), public=note.public)
    return render_template("notes/edit.html", form=form, note=note), 422 if form.errors else 200


@notes.post("/<int:number>/delete")
@login_required
@csrf_protected
def delete(number):
    writable(number)
    store().delete_note(number)
    flash("The note is gone.", "warning")
    return redirect(url_for(".mine"))


@notes.get("/<int:number>.txt")
def download(number):
    note = readable(number)
    body = f"{note.title}\n{'=' * len(note.title)}\n\n{note.text}\n"
    headers = {"Content-Disposition": f"attachment; filename=note-{number}.txt"}
    return Response(body, mimetype="text/plain", headers=headers)


@notes.post("/upload")
@login_required
@csrf_protected
def upload():
    file = request.files.get("file")
    if not file or not file.filename:
        flash("Choose a text file first.", "warning")
        return redirect(url_for(".mine"))
    try:
        text = file.stream.read().decode("utf-8")
    except UnicodeDecodeError as error:
        abort(400, f"This file is no UTF-8 text: {error.reason} at byte {error.start}.")
    note = store().add_note(g.user.name, file.filename[:80], text[:10_000] or "(empty)", ["uploaded"])
    return redirect(url_for(".read", number=note.id))

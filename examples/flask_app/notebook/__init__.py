"""The application factory: configuration, storage, blueprints, errors."""

import os
import secrets

from flask import Flask

from . import admin, api, auth, errors, filters, forms, notes, pages
from .storage import Store


def create_app(config=None):
    """A new application with storage of its own."""
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ.get("NOTEBOOK_SECRET") or secrets.token_hex(16),
        DATA_FILE=None,
        MAX_CONTENT_LENGTH=1 << 20,
        NOTES_PER_PAGE=10,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.config.from_mapping(config or {})
    app.extensions["store"] = Store(app.config["DATA_FILE"])

    filters.register(app)
    forms.register(app)
    errors.register(app)
    app.before_request(auth.load_user)
    for blueprint in (pages.pages, auth.auth, notes.notes, admin.admin):
        app.register_blueprint(blueprint)
    app.register_blueprint(api.api, url_prefix="/api/v1")
    return app

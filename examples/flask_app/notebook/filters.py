"""Filters and globals for the templates."""

import re
from datetime import datetime, timezone

from flask import request, url_for
from markupsafe import Markup, escape

_INLINE = re.compile(r"""
      \*\*(?P<strong>.+?)\*\*
    | \*(?P<em>.+?)\*
    | `(?P<code>[^`]+)`
    | (?P<link>https?://[^\s<]+)
""", re.VERBOSE)


def _inline(match):
    kind, text = match.lastgroup, match[match.lastgroup]
    if kind == "link":
        return f'<a href="{text}" rel="nofollow">{text}</a>'
    return f"<{kind}>{text}</{kind}>"


def markup(text):
    """Paragraphs, lists and a little emphasis; everything else is escaped."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [_INLINE.sub(_inline, str(escape(line))) for line in block.splitlines()]
        if lines and all(line.startswith("- ") for line in lines):
            blocks.append("<ul>" + "".join(f"<li>{line[2:]}</li>" for line in lines) + "</ul>")
        else:
            blocks.append("<p>" + "<br>".join(lines) + "</p>")
    return Markup("\n".join(blocks))


def ago(moment):
    """A time in ISO format, as people say it."""
    seconds = (datetime.now(timezone.utc) - datetime.fromisoformat(moment)).total_seconds()
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def page_url(number):
    """The address of this page with another page number."""
    return url_for(request.endpoint, **{**request.view_args, **request.args, "page": number})


def register(app):
    app.add_template_filter(markup)
    app.add_template_filter(ago)
    app.add_template_global(page_url)

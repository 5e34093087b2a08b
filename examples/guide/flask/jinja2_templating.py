"""Jinja2: expressions, control flow, template inheritance."""

from flask import Flask, render_template, render_template_string
from jinja2 import DictLoader, TemplateSyntaxError, UndefinedError

app = Flask(__name__)
app.jinja_loader = DictLoader({
    "base.html": """\
<title>{% block title %}Site{% endblock %}</title>
{% block body %}{% endblock %}
<footer>{% block footer %}the base's footer{% endblock %}</footer>""",
    "list.html": """\
{% extends "base.html" %}
{% from "macros.html" import tag %}
{% block title %}{{ super() }} - {{ title }}{% endblock %}
{% block body -%}
{% for item in items -%}
  {{ loop.index }}/{{ loop.length }} {{ tag("b", item.name) }}
  {%- if item.price > 10 %} expensive{% elif item.price %} cheap{% else %} free{% endif %}
{% else -%}
  no items
{% endfor -%}
{% include "note.html" %}
{%- endblock %}""",
    "macros.html": "{% macro tag(name, text) %}<{{ name }}>{{ text }}</{{ name }}>{% endmacro %}",
    "note.html": "{# a comment #}{% set n = items|length %}note: {{ n }} item{{ '' if n == 1 else 's' }}",
})

with app.app_context():
    # render_template() passes the context.
    print(render_template("list.html", title="All", items=[
        {"name": "pen", "price": 2}, {"name": "<desk>", "price": 200}, {"name": "advice", "price": 0}]))
    print(render_template("list.html", title="None", items=[]))

    def show(text, **context):
        try:
            print(render_template_string(text, **context))
        except (TemplateSyntaxError, UndefinedError) as error:
            print(f"{type(error).__name__}: {error}")

    # Expressions and filters.
    show("{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ 'a' ~ 1 }} {{ 5 > 3 and not false }} {{ [1, 2][0] }} {{ {'k': 'v'}.k }}")
    show("{{ name|upper|replace('A', 'o') }} {{ [3, 1, 2]|sort|join('-') }} {{ 3.14159|round(2) }} {{ none|default('d', true) }}", name="banana")
    show("{{ 'text' if x is defined else 'x is not defined' }} {{ missing }}|{{ missing|default('fallback') }}")
    show("{% for k, v in d|dictsort %}{{ k }}={{ v }};{% endfor %} {{ words|map('capitalize')|list }} {{ words|select('in', ['a'])|list }}", d={"b": 2, "a": 1}, words=["a", "b"])
    # Text is escaped, markup is not.
    show("{{ evil }} {{ evil|safe }} {{ '<b>'|escape }}", evil="<script>")
    show("{% set ns = namespace(total=0) %}{% for i in range(4) %}{% set ns.total = ns.total + i %}{% endfor %}{{ ns.total }}")
    show("{% filter upper %}filtered {{ 'block' }}{% endfilter %} {% with a = 1 %}{{ a }}{% endwith %} {% raw %}{{ raw }}{% endraw %}")
    show("{% macro m(a, b=2) %}{{ a }}{{ b }}{{ caller() if caller }}{% endmacro %}{{ m(1) }} {% call m(3) %}!{% endcall %}")
    show("{% if %}")
    show("{{ missing.attribute }}")
    show("{% for i in [1, 2, 3] if i != 2 %}{{ loop.cycle('odd', 'even') }}{{ i }}{{ ',' if not loop.last }}{% endfor %}")

# Filters, tests and globals of one's own.
@app.template_filter("reverse_words")
def reverse_words(text):
    return " ".join(reversed(text.split()))

@app.template_test("short")
def short(text):
    return len(text) < 5

@app.context_processor
def inject():
    return {"site": "example"}

with app.app_context():
    print(render_template_string("{{ 'one two'|reverse_words }} {{ 'abc' is short }} {{ site }}"))

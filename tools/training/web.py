# /// script
# dependencies = ["flask", "django", "sqlalchemy", "mako"]
# ///
"""What web applications do: requests, templates, forms and queries, without a network.

    web.py [SECONDS]    runs each kind of work for about so long
"""

import sys
import time

import django
import flask
import mako.template
import sqlalchemy
import sqlalchemy.orm
from django.conf import settings

ROWS = [{"name": f"name <{i}>", "value": i, "tags": ["a", "b"] if i % 2 else []} for i in range(40)]

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x", USE_TZ=True,
)
django.setup()

import django.contrib.auth.models as models
import django.db
import django.forms
import django.http
import django.template
import django.test
import django.urls


class NoteForm(django.forms.Form):
    title = django.forms.CharField(max_length=30)
    count = django.forms.IntegerField(min_value=0, required=False)
    mail = django.forms.EmailField()


DJANGO_TEMPLATE = django.template.Template(
    "{% for row in rows %}{% if row.tags %}<b>{{ row.name|upper }}</b>{% else %}{{ row.value|add:2 }}{% endif %}"
    "{% for tag in row.tags %}{{ forloop.counter }}{{ tag|default:'-' }}{% endfor %}{% endfor %}")


def notes(request, number=0):
    form = NoteForm({"title": f"t{number}", "count": str(number), "mail": "a@example.org"})
    text = DJANGO_TEMPLATE.render(django.template.Context({"rows": ROWS[:10]})) if form.is_valid() else ""
    return django.http.HttpResponse(text + form.as_p())


urlpatterns = [django.urls.path("notes/<int:number>/", notes), django.urls.path("", notes)]

app = flask.Flask(__name__)
PAGE = """{% macro cell(value) %}<td>{{ value|e }}</td>{% endmacro %}<h1>{{ title }}</h1>
{% for row in rows if row.value is not none %}<tr class="{{ loop.cycle('a', 'b') }}">{{ cell(row.name) }}{{ cell(row.value) }}
{%- for tag in row.tags %}<i>{{ tag|upper }}</i>{% else %}none{% endfor %}</tr>{% endfor %}"""


@app.route("/page/<int:number>")
def page(number):
    return flask.render_template_string(PAGE, title=f"page {number}", rows=ROWS)


@app.post("/api")
def api():
    data = flask.request.get_json()
    if "name" not in data:
        flask.abort(422)
    return flask.jsonify(ok=True, rows=ROWS[: data["count"]])


class Base(sqlalchemy.orm.DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: sqlalchemy.orm.Mapped[int] = sqlalchemy.orm.mapped_column(primary_key=True)
    name: sqlalchemy.orm.Mapped[str]
    books: sqlalchemy.orm.Mapped[list["Book"]] = sqlalchemy.orm.relationship(back_populates="author")


class Book(Base):
    __tablename__ = "book"
    id: sqlalchemy.orm.Mapped[int] = sqlalchemy.orm.mapped_column(primary_key=True)
    title: sqlalchemy.orm.Mapped[str]
    author_id: sqlalchemy.orm.Mapped[int] = sqlalchemy.orm.mapped_column(sqlalchemy.ForeignKey("author.id"))
    author: sqlalchemy.orm.Mapped[Author] = sqlalchemy.orm.relationship(back_populates="books")


engine = sqlalchemy.create_engine("sqlite://")
Base.metadata.create_all(engine)
with django.db.connection.schema_editor() as editor:
    for model in (models.ContentType, models.Permission, models.Group, models.User):
        editor.create_model(model)
MAKO_TEMPLATE = mako.template.Template("""% for row in rows:
<td>${row["name"] | h}</td>${cell(row["value"])}
% endfor
<%def name="cell(value)"><b>${value}</b></%def>""")


def flask_requests():
    client = app.test_client()
    for i in range(10):
        assert client.get(f"/page/{i}").status_code == 200
        assert client.post("/api", json={"name": "x", "count": 5}).json["ok"]
        client.get("/missing")


def django_requests():
    client = django.test.Client()
    for i in range(10):
        assert client.get(f"/notes/{i}/").status_code == 200


def django_queries():
    models.Group.objects.all().delete()
    models.Group.objects.bulk_create(models.Group(name=f"g{i}") for i in range(30))
    for i in range(10):
        group = models.Group.objects.filter(name__startswith="g").exclude(name=f"g{i}").order_by("-name").first()
        group.name += "x"
        group.save()
    return list(models.Group.objects.values_list("name", flat=True))


def orm():
    with sqlalchemy.orm.Session(engine) as session:
        for i in range(15):
            author = Author(name=f"author {i}")
            author.books = [Book(title=f"book {i}.{j}") for j in range(3)]
            session.add(author)
        session.commit()
        query = sqlalchemy.select(Author).join(Book).where(Book.title.like("book 1%")).order_by(Author.name)
        found = [(a.name, [b.title for b in a.books]) for a in session.scalars(query).unique()]
        session.execute(sqlalchemy.delete(Book))
        session.execute(sqlalchemy.delete(Author))
        session.commit()
    return found


def mako_pages():
    return [MAKO_TEMPLATE.render(rows=ROWS) for _ in range(10)]


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    for work in (flask_requests, django_requests, django_queries, orm, mako_pages):
        end, turns = time.process_time() + seconds, 0
        while time.process_time() < end or not turns:
            work()
            turns += 1
        print(f"{work.__name__:24} {turns:6}")


if __name__ == "__main__":
    main()

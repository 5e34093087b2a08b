"""Flask-Migrate (Alembic): flask db init, flask db migrate, flask db upgrade."""

import os
import sqlite3
import subprocess
import sys
import tempfile

FIRST = """
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///" + app.root_path + "/site.db"
db = SQLAlchemy(app)
Migrate(app, db)

class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
"""
SECOND = FIRST + """    email = db.Column(db.String(120))

class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    author_id = db.Column(db.ForeignKey("user.id"), nullable=False)
"""

with tempfile.TemporaryDirectory() as folder:
    def flask(*arguments):
        done = subprocess.run([sys.executable, "-m", "flask", "--app", "site_app", "db", *arguments],
                              cwd=folder, capture_output=True, text=True)
        print("flask db", *arguments[:1], "->", "ok" if done.returncode == 0 else done.stderr)

    def write(source):
        with open(os.path.join(folder, "site_app.py"), "w") as file:
            file.write(source)

    def tables():
        connection = sqlite3.connect(os.path.join(folder, "site.db"))
        names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table' order by name")]
        for name in names:
            columns = [row[1] for row in connection.execute(f"pragma table_info('{name}')")]
            print("   table", name, columns)
        connection.close()

    write(FIRST)
    flask("init")
    print("   made:", sorted(os.listdir(os.path.join(folder, "migrations"))))
    flask("migrate", "-m", "users", "--rev-id", "0001")
    flask("upgrade")
    tables()

    connection = sqlite3.connect(os.path.join(folder, "site.db"))
    connection.execute("insert into user (name) values ('ann')")
    connection.commit()
    connection.close()

    write(SECOND)
    flask("migrate", "-m", "emails and posts", "--rev-id", "0002")
    with open(os.path.join(folder, "migrations/versions/0002_emails_and_posts.py")) as file:
        script = file.read()
    print("   in the script:", "batch_op.add_column" in script, "op.create_table('post'" in script, "down_revision" in script)
    flask("upgrade")
    tables()

    connection = sqlite3.connect(os.path.join(folder, "site.db"))
    print("   the data is still there:", connection.execute("select name, email from user").fetchall())
    connection.close()

    flask("downgrade", "0001")
    tables()

"""Notes in a database."""

import sqlite3

database = sqlite3.connect(":memory:")
database.row_factory = sqlite3.Row
database.create_function("shout", 1, lambda text: text.upper() + "!", deterministic=True)
database.executescript(
    """create table note (id integer primary key, title text not null, size real, data blob);
    create index by_title on note (title);
    create table tag (note integer references note (id), name text);"""
)
with database:
    database.executemany("insert into note (title, size, data) values (?, ?, ?)", [(f"title {i}", i / 3, b"x" * i) for i in range(50)])
    database.executemany("insert into tag values (:note, :name)", [{"note": i, "name": "abc"[i % 3]} for i in range(1, 51)])


class Longest:
    def __init__(self):
        self.length = 0

    def step(self, text):
        self.length = max(self.length, len(text))

    def finalize(self):
        return self.length


database.create_aggregate("longest", 1, Longest)
query = """select tag.name, count(*) as amount, sum(size), longest(title), shout(min(title)) from note
    join tag on tag.note = note.id where title like ? and size between ? and ? group by tag.name having amount > 1
    order by amount desc, tag.name limit 5"""
for row in database.execute(query, ("title%", 0, 20)):
    print(dict(row), row["name"], len(row))
with database:
    database.execute("update note set size = size * 2 where id in (select note from tag where name = 'a')")
    database.execute("delete from note where id > 40")
print(database.execute("select max(size), group_concat(distinct length(data)) from note").fetchone()[0], database.total_changes)
try:
    database.execute("insert into note (title) values (null)")
except sqlite3.IntegrityError as error:
    print(error)
database.close()

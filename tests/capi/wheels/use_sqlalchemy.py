import sqlalchemy
from sqlalchemy.engine import _processors_cy, _result_cy, _row_cy, _util_cy
from sqlalchemy.sql import _cache_key_cy, _util_cy as sql_util
from sqlalchemy.util import _collections_cy, _immutabledict_cy
for m in (_processors_cy, _result_cy, _row_cy, _util_cy, _cache_key_cy, sql_util, _collections_cy, _immutabledict_cy):
    print(m.__name__, m._is_compiled())
from sqlalchemy.util import OrderedSet, IdentitySet, immutabledict, unique_list
s = OrderedSet([3, 1, 2, 3])
print(s, list(s | {5}), s - {1}, 2 in s, len(s))
i = immutabledict({"a": 1})
print(i.union({"b": 2}), i, i["a"])
try:
    i["z"] = 1
except TypeError as e:
    print(e)
print(unique_list([1, 2, 1]))
from sqlalchemy import MetaData, Table, Column, Integer, String, select, insert, and_, func
md = MetaData()
t = Table("user", md, Column("id", Integer, primary_key=True), Column("name", String(30)))
q = select(t.c.id, func.count()).where(and_(t.c.name == "x", t.c.id > 5)).group_by(t.c.id)
print(q)
print(insert(t).values(name="n"))
print(q.compile().params)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
class U(Base):
    __tablename__ = "u"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
print(select(U).where(U.name.like("a%")))
print(U(id=1, name="z").name)

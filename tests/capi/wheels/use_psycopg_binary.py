import psycopg
from psycopg import sql, adapt
from psycopg.types.json import Jsonb
import psycopg_binary
print(psycopg.pq.__impl__)
t = psycopg.adapt.Transformer()
d = psycopg.adapters.get_dumper(int, psycopg.adapt.PyFormat.TEXT)
print(d)
for v in (1, 1.5, "text", b"\0\1", True, None):
    if v is not None:
        print(bytes(t.get_dumper(v, psycopg.adapt.PyFormat.TEXT).dump(v)), bytes(t.get_dumper(v, psycopg.adapt.PyFormat.BINARY).dump(v)))
print(sql.SQL("select {} from {}").format(sql.Literal(5), sql.Identifier("tab")).as_string(None))
try:
    psycopg.connect("host=127.0.0.1 port=1 connect_timeout=1")
except psycopg.OperationalError as e:
    print(type(e).__name__, "refused" in str(e))
from psycopg_binary import _psycopg
print(_psycopg.Transformer)

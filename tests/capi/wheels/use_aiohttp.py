from multidict import MultiDict, CIMultiDict, istr
import multidict._multidict, yarl._quoting_c, propcache._helpers_c, frozenlist._frozenlist
d = CIMultiDict([("A", "1"), ("a", "2")])
d.add("B", "3")
print(d.getall("a"), list(d.items()), d["b"], "a" in d, len(d), repr(d))
m = MultiDict(a=1, b=2)
m.extend([("a", 3)])
print(m, m.popall("a"), m, istr("Hello").title())
from frozenlist import FrozenList
f = FrozenList([1, 2])
f.append(3); f.freeze()
print(f, f.frozen)
try:
    f.append(4)
except RuntimeError as e:
    print(e)
from yarl import URL
u = URL("http://ex.com/a b?q=é&x=1#f")
print(u, u.query, u / "sub", u.with_query(a="b c"), u.human_repr())
from aiohttp import http_parser, http_writer
from aiohttp._http_parser import HttpRequestParser
from aiohttp import _websocket
import asyncio
from aiohttp._http_parser import RawRequestMessage
async def main():
    loop = asyncio.get_running_loop()
    class Proto:
        _reading_paused = False
        def pause_reading(self): pass
        def resume_reading(self): pass
    p = HttpRequestParser(Proto(), loop, 2**16, max_line_size=8190, max_field_size=8190)
    msgs, upg, tail = p.feed_data(b"GET /x HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n\r\n")
    msg, body = msgs[0]
    print(msg.method, msg.path, msg.version, list(msg.headers.items()), upg, tail)
asyncio.run(main())

import httptools
class P:
    def on_message_begin(self): print("begin")
    def on_url(self, url): print("url", url)
    def on_header(self, name, value): print("header", name, value)
    def on_headers_complete(self): print("headers complete")
    def on_body(self, body): print("body", body)
    def on_message_complete(self): print("complete")
p = httptools.HttpRequestParser(P())
p.feed_data(b"POST /path?q=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel")
p.feed_data(b"lo")
print(p.get_http_version(), p.should_keep_alive(), p.should_upgrade(), p.get_method())
u = httptools.parse_url(b"http://user:pw@example.com:8080/p/a?x=1#frag")
print(u.schema, u.host, u.port, u.path, u.query, u.fragment, u.userinfo, u)
r = httptools.HttpResponseParser(P())
r.feed_data(b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
print(r.get_status_code())
for bad in (b"GET\r\n", b"\x00"):
    try:
        httptools.HttpRequestParser(P()).feed_data(bad)
    except httptools.HttpParserError as e:
        print(type(e).__name__, e)
try:
    httptools.parse_url(b"")
except Exception as e:
    print(type(e).__name__, e)

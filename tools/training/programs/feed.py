"""Documents: XML, HTML, JSON, addresses of the web, templates."""

import html
import json
import string
import urllib.parse
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from xml.dom import minidom

SOURCE = "<feed v='1'>" + "".join(f"<entry id='{i}'><title>T &amp; {i}</title><size>{i * 1.5}</size>tail</entry>" for i in range(20)) + "</feed>"
root = ElementTree.fromstring(SOURCE)
for entry in root.iter("entry"):
    entry.set("seen", "yes")
    ElementTree.SubElement(entry, "link").text = entry.findtext("title")
root.remove(root[0])
print(len(root), root.find("entry[@id='3']/title").text, [e.get("id") for e in root.findall("entry")[:3]], ElementTree.tostring(root)[:40])
tree = ElementTree.ElementTree(root)
ElementTree.indent(tree)
print(minidom.parseString(SOURCE).getElementsByTagName("title")[0].firstChild.data)


class Links(HTMLParser):
    found = ()

    def handle_starttag(self, tag, attributes):
        self.found += ((tag, dict(attributes).get("href")),)


links = Links()
links.feed("<p>Text<a href='/x?a=1&amp;b=2'>link</a><br/><!-- no --></p>")
print(links.found, html.escape("<a & 'b'>"), html.unescape("&lt;&eacute;&#65;"))
data = {"name": "é\n", "values": [1, 2.5, None, True, 10**20], "more": {"a": {"b": []}}}
text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
print(text, json.loads(text) == data, json.loads('[1e5, "\\u00e9", -0.5]', parse_float=str), json.dumps({1: (2, 3)}, indent=2))
try:
    json.loads('{"a": }')
except json.JSONDecodeError as error:
    print(error)
parts = urllib.parse.urlsplit("https://user@host.org:8080/a%20b/c;p?q=1&q=2#end")
print(parts.hostname, parts.port, urllib.parse.unquote(parts.path), urllib.parse.parse_qs(parts.query), urllib.parse.urlencode({"a": "b c", "d": "é"}), urllib.parse.urljoin("http://a/b/c", "../d"))
print(string.Template("$who has ${what}").safe_substitute(who="Ann"), string.capwords("some words"))

from lxml import etree, html, objectify
root = etree.fromstring("<r a='1'><x>t<!-- c --></x><y n='2'/>tail<z>é</z></r>")
print(etree.tostring(root), [e.tag for e in root], root.get("a"), root[0].text, root[1].tail)
e = etree.SubElement(root, "new", attr="v"); e.text = "text <&>"
print(etree.tostring(root, pretty_print=True, encoding="unicode"))
print(root.xpath("//y/@n"), root.xpath("count(//*)"), root.find("x").tag, [x.tag for x in root.iter()])
try:
    etree.fromstring("<a><b></a>")
except etree.XMLSyntaxError as ex:
    print(type(ex).__name__, ex)
h = html.fromstring("<div><p class=q>hi<br>there</div>")
print(html.tostring(h), h.cssselect if False else h.xpath("//p")[0].text_content())
xslt = etree.XSLT(etree.XML('<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><o><xsl:value-of select="//x"/></o></xsl:template></xsl:stylesheet>'))
print(str(xslt(root)))
o = objectify.fromstring("<r><n>5</n><s>str</s></r>")
print(o.n + 1, o.s, objectify.dump(o))
for ev, el in etree.iterparse(__import__("io").BytesIO(b"<a><b/><c>1</c></a>"), events=("start", "end")):
    print(ev, el.tag)
root.attrib["k"] = "v"; print(dict(root.attrib), root.attrib)
print(etree.tostring(etree.ElementTree(root), xml_declaration=True, encoding="utf-8")[:60])

# The accelerated part of xml.etree.ElementTree.
import copy
import gc
import io
import pickle
import weakref
import xml.etree.ElementTree as ET

print(ET.Element, ET.Element is not ET._Element_Py, ET.XMLParser, ET.TreeBuilder)


def attempt(call):
    try:
        print(repr(call()))
    except Exception as error:
        print(type(error).__name__, error)


# Making elements.
e = ET.Element("a", {"x": "1"}, y="2")
print(e.tag, e.attrib, e.text, e.tail, len(e), repr(e).split(" at ")[0])
for call in (
    lambda: ET.Element(),
    lambda: ET.Element("a", 1),
    lambda: ET.Element("a", {}, 3),
    lambda: ET.Element("a", attrib=3),
    lambda: ET.SubElement(e),
    lambda: ET.SubElement(1, "b"),
    lambda: ET.SubElement(e, "b", 1),
    lambda: e.extend([3]),
    lambda: e.extend(3),
    lambda: e.remove(ET.Element("z")),
    lambda: e[0],
    lambda: e["a"],
    lambda: e.__setitem__(0, e),
    lambda: e.__setitem__(slice(0, 0), 3),
    lambda: e.__delattr__("tag"),
    lambda: setattr(e, "attrib", 3),
    lambda: e.__setstate__(3),
    lambda: e.__setstate__({}),
    lambda: e.__setstate__({"tag": "a", "k": 2}),
    lambda: ET.TreeBuilder().end("x"),
    lambda: ET.XMLParser.__new__(ET.XMLParser).feed(""),
    lambda: ET.XMLParser(1),
    lambda: ET.XMLParser()._setevents([], ["foo"]),
    lambda: ET.XMLParser(target=object())._setevents([]),
):
    attempt(call)

# Children as a sequence.
root = ET.Element("root")
parts = [ET.SubElement(root, "c%d" % i, n=str(i)) for i in range(6)]
tags = lambda: [child.tag for child in root]
print(tags(), [c.tag for c in root[1:5:2]], root[-1].tag, root[::-1][0].tag)
del root[1:5:2]
print(tags())
root[1:1] = parts[1:2] * 2
print(tags())
root[::2] = [ET.Element("even%d" % i) for i in range(3)]
print(tags())
attempt(lambda: root.__setitem__(slice(None, None, 2), []))
del root[::-2]
root.insert(-1, ET.Element("in"))
root.insert(99, ET.Element("last"))
print(tags(), parts[0] in root)
root.remove(root[0])
print(tags())

# Search.
doc = ET.fromstring(
    "<r>one<a k='1'>two<b/>three</a><!-- no --><a k='2'><b>four</b></a>"
    "<x:c xmlns:x='urn:x'>five</x:c>six</r>"
)
print(doc.find("a").get("k"), doc.findtext("a"), doc.find("nothing"), doc.findtext("n", "d"))
print([a.get("k") for a in doc.findall("a")], [b.text for b in doc.iterfind(".//b")])
print(doc.find("a[@k='2']/b").text, doc.find("{urn:x}c").text, doc.find("{*}c").tag)
print(doc.find("p:c", {"p": "urn:x"}).text, doc.findtext("a/b"))
print([i.tag for i in doc.iter()], [i.tag for i in doc.iter("b")], "|".join(doc.itertext()))
mixed = ET.Element("m")
mixed.text = "t"
comment = ET.Comment("unseen")
comment.tail = "after"
mixed.append(comment)
print(list(mixed.itertext()), list(comment.itertext()))
print(doc.items(), doc[0].items(), doc[0].keys(), doc[0].get("z", 3))

# Copies and pickles.
shallow, deep = copy.copy(doc), copy.deepcopy(doc)
print(shallow[0] is doc[0], deep[0] is doc[0], ET.tostring(deep) == ET.tostring(doc))
print(ET.tostring(pickle.loads(pickle.dumps(doc))) == ET.tostring(doc))
print(sorted(doc[0].__getstate__()))


class Own(ET.Element):
    pass


own = Own("own", {"a": "b"})
own.append(ET.Element("child"))
own.more = [1]
print(type(copy.deepcopy(own)).__name__, type(own.makeelement("t", {})).__name__)

# Cycles are found, deep trees end.
ring = Own("ring")
ring.append(ring)
seen = weakref.ref(ring)
del ring
gc.collect()
print(seen())
deepest = top = ET.Element("top")
for _ in range(200_000):
    deepest = ET.SubElement(deepest, "d")
try:
    copy.deepcopy(top)
except RecursionError:
    pass
print("copied, or too deep to copy")
del top, deepest

# Parsing.
builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
parser = ET.XMLParser(target=builder)
for piece in ("<?xml version='1.0'?><r>", "te", "xt<!--c", "omment--><?pi d", "ata?>tail</r>"):
    parser.feed(piece)
print(ET.tostring(parser.close()))
attempt(parser.close)
for text in ("<a>", "<a></b>", "<a b='1' b='2'/>", "<a>&nope;</a>", "", "<a/><b/>"):
    try:
        ET.fromstring(text)
    except ET.ParseError as error:
        print(text, "->", error, error.code, error.position)
parser = ET.XMLParser()
parser.entity["nope"] = "known"
parser.feed("<!DOCTYPE a SYSTEM 'a.dtd'><a>&nope;!</a>")
print(parser.close().text)
for event, node in ET.iterparse(
    io.BytesIO(b"<r xmlns='urn:d' xmlns:p='urn:p'><p:a><!--c--><?t d?></p:a></r>"),
    ("start", "end", "start-ns", "end-ns", "comment", "pi"),
):
    print(event, node if isinstance(node, (tuple, type(None))) else node.tag if isinstance(node.tag, str) else node.text)
pull = ET.XMLPullParser(("end",))
pull.feed("<a><b>1</b>")
print([(event, node.tag, node.text) for event, node in pull.read_events()])
pull.feed("<c/></a>")
print([(event, node.tag) for event, node in pull.read_events()], pull.close())


class Target:
    def __init__(self):
        self.seen = []

    def __getattr__(self, name):
        if name not in ("start", "end", "data", "comment", "pi", "start_ns", "end_ns", "doctype"):
            raise AttributeError(name)
        return lambda *args: self.seen.append((name, *args))

    def close(self):
        return self.seen


for line in ET.XML("<!DOCTYPE r PUBLIC '-//P' 's'><r a='1' xmlns:p='u'>t<p:x p:y='&lt;'/><!--c--></r>", ET.XMLParser(target=Target())):
    print(line)


class Boom:
    def start(self, tag, attrs):
        raise KeyError(tag)


attempt(lambda: ET.XMLParser(target=Boom()).feed("<a/>"))
print(ET.parse(io.StringIO("<?xml version='1.0' encoding='latin-1'?><a>\xbd\u20ac</a>")).getroot().text)
print(ET.fromstring("<?xml version='1.0' encoding='cp437'?><a>\u221a</a>".encode("cp437")).text)

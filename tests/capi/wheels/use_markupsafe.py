from markupsafe import Markup, escape, escape_silent, soft_str
from markupsafe import _speedups
print(escape("<a href='x'>&\"</a>"), type(escape("x")).__name__)
print(escape("plain"), escape(5), escape(None), escape_silent(None))
print(escape("\u4e2d<\U0001f600>"), escape("é&ü"), escape("\u4e2d"))
print(Markup("<b>%s</b>") % "<i>", Markup("a") + "<", repr(Markup("<p>").join(["<", ">"])))
class H:
    def __html__(self):
        return "<raw>"
print(escape(H()), soft_str(3), Markup.escape("<"))
print(Markup("&lt;b&gt;").unescape(), Markup("<b>x</b>").striptags())
try:
    _speedups._escape_inner(3)
except Exception as e:
    print(type(e).__name__, e)
for i in range(2000):
    escape("<%d>" % i)

import logging, argparse, warnings, io, sys, unittest, doctest, contextlib, logging.handlers, configparser, pprint, reprlib, html, urllib.parse, email.message, email.parser, http, mimetypes, getopt, shlex, string, gettext, timeit, types, operator, difflib, ipaddress, colorsys
def attempt(f):
    try: print(f())
    except (Exception, SystemExit) as e: print(type(e).__name__ + ":", e)
s = io.StringIO()
lg = logging.getLogger("a.b"); h = logging.StreamHandler(s); h.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s %(lineno)d" .replace(" %(lineno)d", ""))); logging.getLogger("a").addHandler(h); lg.setLevel("INFO")
lg.debug("no"); lg.info("hello %s %d", "x", 5); lg.warning("w", extra={"k": 1}); lg.log(35, "custom")
try: 1 / 0
except ZeroDivisionError: lg.exception("failed")
print(s.getvalue().splitlines()[:4], "ZeroDivisionError: division by zero" in s.getvalue(), lg.getEffectiveLevel(), lg.parent.name, lg.isEnabledFor(10), logging.getLevelName(30), lg is logging.getLogger("a.b"), logging.getLogger("a.b.c").getEffectiveLevel())
class Flt(logging.Filter):
    def filter(self, r): r.msg += "!"; return "secret" not in r.getMessage()
lg.addFilter(Flt()); s.truncate(0); s.seek(0); lg.info("ok"); lg.info("secret"); print(s.getvalue(), logging.LoggerAdapter(lg, {"q": 1}).extra, logging.Formatter("{message}", style="{").format(logging.makeLogRecord({"msg": "m"})))
mh = logging.handlers.MemoryHandler(2, target=h); l2 = logging.getLogger("mem"); l2.propagate = False; l2.addHandler(mh); l2.warning("1"); l2.warning("2"); print("WARNING mem 1" in s.getvalue())
p = argparse.ArgumentParser(prog="prog", description="A program.", epilog="End.")
p.add_argument("file", help="the file"); p.add_argument("-n", "--num", type=int, default=3, metavar="N", help="a number (default %(default)s)"); p.add_argument("-v", action="count", default=0); p.add_argument("--flag", action=argparse.BooleanOptionalAction); p.add_argument("--ch", choices=["a", "b"]); p.add_argument("rest", nargs="*"); g = p.add_mutually_exclusive_group(); g.add_argument("--x", action="store_true"); g.add_argument("--y", action="store_const", const=5)
print(p.parse_args(["f", "-n", "7", "-vv", "--no-flag", "r1", "r2"]), p.parse_args(["f", "--num=1", "--x"]), p.parse_known_args(["f", "--unknown"]), sep="\n")
print(p.format_help()); print(p.format_usage())
for bad in ([], ["f", "-n", "x"], ["f", "--ch", "z"], ["f", "--x", "--y"], ["f", "--nope"], ["f", "--nu"], ["-h"]):
    e = io.StringIO()
    with contextlib.redirect_stderr(e), contextlib.redirect_stdout(io.StringIO()): attempt(lambda: p.parse_args(bad))
    print(e.getvalue().splitlines()[-1:])
sub = argparse.ArgumentParser(prog="git"); sp = sub.add_subparsers(dest="cmd", required=True); c = sp.add_parser("commit"); c.add_argument("-m"); c.set_defaults(fn=len); print(sub.parse_args(["commit", "-m", "msg"]))
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always"); warnings.warn("one"); warnings.warn("two", DeprecationWarning); warnings.warn(UserWarning("three"), stacklevel=1)
    print([(str(x.message), x.category.__name__, x.filename.endswith(".py")) for x in w])
with warnings.catch_warnings():
    warnings.simplefilter("error"); attempt(lambda: warnings.warn("raised"))
with warnings.catch_warnings(record=True) as w:
    warnings.resetwarnings(); warnings.filterwarnings("ignore", message="ig.*"); warnings.warn("ignored"); warnings.filterwarnings("once"); [warnings.warn("once") for _ in range(3)]; print(len(w))
attempt(lambda: warnings.warn("x", int)); attempt(lambda: warnings.filterwarnings("nope")); print(warnings.formatwarning("m", UserWarning, "f.py", 3, "line"))
@warnings.deprecated("use other")
def old(): return 1
with warnings.catch_warnings(record=True) as w: warnings.simplefilter("always"); old(); print(w[0].message, old.__deprecated__)
class T(unittest.TestCase):
    def setUp(self): log.append("up")
    def tearDown(self): log.append("down")
    def test_ok(self): self.assertEqual(1, 1); self.assertIn(1, [1]); self.assertRaises(ValueError, int, "x"); self.assertAlmostEqual(0.1 + 0.2, 0.3)
    def test_fail(self): self.assertEqual([1, 2], [1, 3], "msg")
    def test_err(self): 1 / 0
    @unittest.skip("why")
    def test_skip(self): pass
    @unittest.expectedFailure
    def test_xf(self): self.fail()
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
    def test_ctx(self):
        with self.assertRaisesRegex(KeyError, "k"): {}["k"]
        with self.assertLogs("x") as cm: logging.getLogger("x").error("e")
        self.assertEqual(cm.output, ["ERROR:x:e"])
log = []; r = unittest.TestResult(); unittest.defaultTestLoader.loadTestsFromTestCase(T).run(r)
print(r.testsRun, len(r.failures), len(r.errors), len(r.skipped), len(r.expectedFailures), log.count("up"), [f[1].splitlines()[-1] for f in r.errors], "First differing element 1" in "".join(f[1] for f in r.failures))
from unittest import mock
m = mock.Mock(return_value=5, name="m"); print(m(1, k=2), m.call_args, m.called, m.attr.deep.call_count, mock.MagicMock()[3].__class__.__name__, m.mock_calls)
with mock.patch("os.getcwd", return_value="/patched"): import os; print(os.getcwd())
attempt(lambda: m.assert_called_with(2))
attempt(lambda: mock.Mock(side_effect=ValueError("se"))()); attempt(lambda: mock.create_autospec(lambda a: 0)(1, 2))
mod = types.ModuleType("dt"); mod.__doc__ = ">>> 1 + 1\n2\n>>> 1 / 0\nTraceback (most recent call last):\n  ...\nZeroDivisionError: division by zero\n>>> [1]\n[2]\n"
o = io.StringIO()
with contextlib.redirect_stdout(o): res = doctest.testmod(mod)
print(res, "Expected:" in o.getvalue())
cp = configparser.ConfigParser(); cp.read_string("[a]\nx = 1\ny: two\n[b]\nz = %(w)s!\nw = in\n"); print(cp.sections(), cp["a"].getint("x"), cp["b"]["z"], cp.get("a", "n", fallback="f"), cp.has_option("a", "y")); attempt(lambda: cp["nope"]); attempt(lambda: configparser.ConfigParser().read_string("x"))
pprint.pprint({"b": list(range(30)), "a": {"n": "x" * 60, "m": ("y" * 30,)}}, width=60); print(pprint.pformat([1, [2, [3, [4]]]], depth=2), reprlib.repr(list(range(100))), reprlib.repr("x" * 100))
print(html.escape("<a href='x'>&"), html.unescape("&lt;&eacute;&#65;&amp;"), urllib.parse.urlparse("http://u:p@h:80/p;x?q=1#f"), urllib.parse.quote("a b/é?"), urllib.parse.unquote("%C3%A9+"), urllib.parse.urlencode({"a": [1, 2], "b": "x y"}, doseq=True), urllib.parse.parse_qs("a=1&a=2&b="), urllib.parse.urljoin("http://h/a/b", "../c"), urllib.parse.urlsplit("//h/p").netloc, http.HTTPStatus(404).phrase, http.HTTPMethod.GET, mimetypes.guess_type("x.html"))
em = email.message.EmailMessage(); em["Subject"] = "Té"; em["To"] = "a@b.c"; em.set_content("body é"); print(em.as_string().splitlines()[0], email.message_from_string("A: b\n\nbody").get_payload(), em.get_content().strip())
print(shlex.split("a 'b c' d\\ e \"f\""), shlex.quote("a b"), shlex.join(["x", "y z"]), getopt.getopt(["-a", "1", "--long", "r"], "a:", ["long"]), difflib.get_close_matches("appel", ["ape", "apple"]), "".join(difflib.unified_diff(["a\n", "b\n"], ["a\n", "c\n"], "x", "y")), round(difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), 2), ipaddress.ip_address("192.168.0.1").is_private, list(ipaddress.ip_network("10.0.0.0/30").hosts()), ipaddress.ip_address("::1"), colorsys.rgb_to_hsv(1, 0, 0)); attempt(lambda: ipaddress.ip_address("x")); attempt(lambda: shlex.split("'a"))

"""Tests of a small renderer: unittest, doubles, contexts, generators, errors."""

import contextlib
import io
import traceback
import types
import unittest
import warnings
import weakref
from unittest import mock


def render(template, **values):
    """The text with what stands in braces filled in."""
    out, rest = [], template
    while rest:
        before, brace, rest = rest.partition("{")
        out.append(before)
        if brace:
            name, _, rest = rest.partition("}")
            value = eval(compile(name.strip(), "<template>", "eval"), {"__builtins__": {}}, values)
            out.append(str(value() if callable(value) else value))
    return "".join(out)


class Failure(Exception):
    def __init__(self, text, *, code=1):
        super().__init__(text)
        self.code = code


def fail(depth):
    if depth:
        try:
            fail(depth - 1)
        except Failure as error:
            error.add_note(f"depth {depth}")
            raise LookupError(depth) from error
    raise Failure("deep", code=depth)


def averages():
    total = count = 0
    value = None
    while True:
        value = yield value
        total, count = total + value, count + 1
        value = total / count


class Cases(unittest.TestCase):
    def setUp(self):
        self.page = types.SimpleNamespace(title="Home", items=[1, 2])

    def test_render(self):
        self.assertEqual(render("<h1>{page.title}</h1>{len}", page=self.page, len=lambda: 2), "<h1>Home</h1>2")
        self.assertRegex(render("{ n + 1 }", n=1), r"^\d$")

    def test_error(self):
        with self.assertRaisesRegex(LookupError, "2"), contextlib.redirect_stdout(io.StringIO()):
            fail(2)
        try:
            fail(1)
        except LookupError as error:
            self.assertIn("deep", "".join(traceback.format_exception(error)))
        with self.assertRaises(ExceptionGroup):
            raise ExceptionGroup("group", [ValueError(1), Failure("x")])

    def test_generator(self):
        generator = averages()
        next(generator)
        self.assertEqual([generator.send(x) for x in (1, 3)], [1, 2])
        generator.close()

    @mock.patch("builtins.print")
    def test_double(self, printed):
        double = mock.Mock(return_value=3)
        self.assertEqual(double(1, a=2), 3)
        double.assert_called_once_with(1, a=2)
        print("x")
        printed.assert_called_with("x")

    def test_warning(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.warn("old", DeprecationWarning, stacklevel=1)
        self.assertEqual(len(caught), 1)
        reference = weakref.ref(self)
        self.assertIs(reference(), self)

    @unittest.skip("not here")
    def test_skipped(self): ...


result = unittest.TextTestRunner(stream=io.StringIO(), verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(Cases))
print(result)

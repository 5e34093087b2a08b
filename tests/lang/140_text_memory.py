# Texts are put together in the memory of their own object. (What is expected holds of Krait;
# CPython copies more of these.)
import gc
import io
import json
import sys
import tracemalloc

N = 4_000_000
big = 'ab' * (N // 2)
wide = '\u0430' * N


def peak(make):
    gc.collect()
    tracemalloc.start()
    made = make()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / sys.getsizeof(made)


makers = {
    'percent': lambda: 'x%s' % big,
    'format': lambda: '{}!'.format(big),
    'specification': lambda: f'{big:>{N + 10}}',
    'replace': lambda: big.replace('a', 'x'),
    'replace with longer': lambda: big.replace('a', 'xyz'),
    'replace with wider': lambda: big.replace('a', '\u0431'),
    'repr': lambda: repr(big),
    'json': lambda: json.dumps(big),
    'upper': lambda: big.upper(),
    'upper of wide': lambda: wide.upper(),
    'title': lambda: big.title(),
    'swapcase': lambda: big.swapcase(),
    'translate': lambda: big.translate({97: 'x'}),
    'ljust': lambda: big.ljust(N + 10),
}
for name, make in makers.items():
    print(name, peak(make) < 1.35)

# The size says nothing of how a text was made.
for text in ('ab', 'ab' * 300, '\xe9' * 70, '\u0430' * 70, '\U0001f600' * 70):
    for made in ('%s' % (text + '-'), '{}-'.format(text), (text + '+').replace('+', '-'),
                 f'{text:s}-', io.StringIO(text + '-').read()):
        assert made == text + '-'
        assert sys.getsizeof(made) == sys.getsizeof(text + '-'), (made, sys.getsizeof(made))

# The empty text and those of one small character are there once.
for text in ('', 'a', '\xe9'):
    for made in ('%s' % (text,), '{}'.format(text), (text + 'zz').replace('z', ''), f'{text:s}',
                 text.lower(), text.encode('latin-1').decode('latin-1'), text.translate({1: 2})):
        assert made is text, made

# Where memory is exhausted, that is an exception, and nothing is lost.
for make in (lambda: '%*d' % (sys.maxsize // 2, 1), lambda: f'{"a":>{sys.maxsize // 2}}',
             lambda: 'a'.ljust(sys.maxsize // 2)):
    try:
        make()
    except (MemoryError, OverflowError, ValueError) as error:
        print(type(error).__name__)


def work():
    for text in ('a' * 10, 'a' * 1000, '\xe9' * 500, '\u0430' * 500):
        '%s%s' % (text, text)
        repr(text)
        text.upper()
        text.replace('a', 'xyz')
        try:
            '%s%d' % (text, 'no')
        except TypeError:
            pass
        try:
            text.translate({97: -1})
        except ValueError:
            pass


work()
before = sys.getallocatedblocks()
for i in range(200):
    work()
print(sys.getallocatedblocks() - before < 20)

# A stream goes on in the memory of the text that it gave, unless somebody has it.
stream = io.StringIO()
stream.write('a' * 1000)
first = stream.getvalue()
stream.write('\u0430')
assert first == 'a' * 1000
assert stream.getvalue() == first + '\u0430'
stream.seek(1000)
stream.write('b')
assert stream.getvalue() == first + 'b'
assert sys.getsizeof(stream.getvalue()) == sys.getsizeof(first + 'b')
stream.truncate(1)
one = 'a'
assert stream.getvalue() is one
print('end')

import msgpack, datetime
from msgpack import _cmsgpack
data = {"a": [1, 2.5, None, True, b"bytes", "text é"], "big": 2**63, "neg": -2**40, "nested": {"x": [[], {}]}}
packed = msgpack.packb(data)
print(packed)
print(msgpack.unpackb(packed) == data, msgpack.unpackb(packed))
p = _cmsgpack.Packer()
print(p.pack([1, 2]), p.pack_array_header(3), p.pack_map_header(2))
u = _cmsgpack.Unpacker()
u.feed(msgpack.packb(1) + msgpack.packb("two") + msgpack.packb([3]))
print(list(u))
print(msgpack.unpackb(msgpack.packb(msgpack.ExtType(5, b"xyz"))))
print(msgpack.packb(msgpack.Timestamp(1, 5)), msgpack.unpackb(msgpack.packb(msgpack.Timestamp(1, 5))))
for bad in (b"\xc1", b"\x92\x01", b""):
    try:
        msgpack.unpackb(bad)
    except Exception as e:
        print(type(e).__name__, e)
try:
    msgpack.packb(object())
except TypeError as e:
    print("TypeError", str(e)[:30])
print(msgpack.packb({1: 2}, default=str), msgpack.unpackb(b"\x81\x01\x02", strict_map_key=False))
print(msgpack.unpackb(packed, object_hook=lambda d: sorted(d)))

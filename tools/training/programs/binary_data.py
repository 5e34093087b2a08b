"""Bytes: packed records, checksums, compression, buffers."""

import array
import base64
import binascii
import gzip
import hashlib
import io
import struct
import zlib

RECORD = struct.Struct("<IhBd8s")
records = [(i, -i, i % 256, i / 7, b"name%d" % i) for i in range(40)]
packed = b"".join(RECORD.pack(*record) for record in records)
for fields in RECORD.iter_unpack(packed):
    assert fields[4].rstrip(b"\0").startswith(b"name")
view = memoryview(bytearray(packed))
view[0:4] = b"abcd"
print(view[4:8].tolist(), view.nbytes, bytes(view[:4]), packed[::RECORD.size][:5], packed.hex()[:16], bytes.fromhex("00ff"), int.from_bytes(packed[:4], "little"), (1000).to_bytes(2, "big"))
compressed = gzip.compress(packed)
print(len(zlib.compress(packed)) < len(packed), gzip.decompress(compressed) == packed, zlib.crc32(packed), binascii.hexlify(b"ab"), hashlib.md5(packed).hexdigest(), hashlib.sha512(b"x").digest()[:3])
numbers = array.array("d", (i * 0.5 for i in range(20)))
numbers.extend([1.0, 2.0]); numbers.append(3.5)
print(sum(numbers), numbers[3:6], numbers.itemsize, numbers.tobytes()[:4], array.array("i", [3, 1]).tolist())
stream = io.BytesIO()
with gzip.GzipFile(fileobj=stream, mode="wb") as file:
    file.write(packed)
stream.seek(0)
print(stream.read(2), stream.tell(), stream.getbuffer().nbytes, base64.urlsafe_b64encode(packed[:9]), base64.b32encode(b"abc"), base64.b85encode(b"abc"))
data = bytearray(b"one two")
data += b" three"; data[0:3] = b"ONE"; del data[3]; data.insert(0, 33); data.reverse()
print(data, data.find(b"owt"), data.split(), data.upper(), bytes(data).translate(None, b"e"), data.count(b"o"), data.decode().title(), b"%s-%d" % (b"a", 5), b"a" in data)

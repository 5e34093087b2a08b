from websockets import speedups, frames, utils
print(speedups.apply_mask(b"hello world, this is longer than eight", b"\x01\x02\x03\x04"))
print(speedups.apply_mask(b"", b"abcd"), speedups.apply_mask(bytearray(b"xyz"), b"\0\0\0\0"), speedups.apply_mask(memoryview(b"mv"), b"1234"))
for args in ((b"x", b"123"), ("x", b"1234"), (b"x",), (b"x", 5)):
    try:
        print(speedups.apply_mask(*args))
    except Exception as e:
        print(type(e).__name__, e)
print(speedups.apply_mask(data=b"kw", mask=b"\1\1\1\1"))
f = frames.Frame(frames.Opcode.TEXT, b"payload")
print(f.serialize(mask=False), str(f))

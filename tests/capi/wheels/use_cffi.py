import cffi
ffi = cffi.FFI()
ffi.cdef("""
int abs(int);
size_t strlen(const char *);
double sqrt(double);
typedef struct { int x; double y; char name[8]; } point;
typedef int (*cb)(int);
int atoi(const char *);
void qsort(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *));
""")
C = ffi.dlopen(None)
print(C.abs(-5), C.strlen(b"hello"), C.atoi(b"42"))
p = ffi.new("point *", {"x": 3, "y": 1.5, "name": b"abc"})
print(p.x, p.y, ffi.string(p.name), ffi.sizeof("point"), p)
a = ffi.new("int[4]", [4, 1, 3, 2])
@ffi.callback("int(const void *, const void *)")
def cmp(x, y):
    return ffi.cast("int *", x)[0] - ffi.cast("int *", y)[0]
C.qsort(a, 4, 4, cmp)
print(list(a), ffi.unpack(a, 4), len(a))
print(bytes(ffi.buffer(a)), ffi.typeof("point"), ffi.typeof(p))
print(ffi.cast("uint8_t", 300), int(ffi.cast("char", 65)), ffi.NULL)
for f in (lambda: C.abs("x"), lambda: ffi.new("int[2]", [1, 2, 3]), lambda: p.nope, lambda: C.nofunc):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
h = ffi.new_handle([1, 2])
print(ffi.from_handle(h))

import numpy as np
a = np.arange(12, dtype=np.float64).reshape(3, 4)
print(a, a.T.shape, a.sum(axis=0), (a @ a.T)[0], a[1:, ::2], a[a > 5])
print(np.linspace(0, 1, 5), np.dot([1, 2], [3, 4]), np.sqrt(np.array([1, 4, 9])), a.dtype, repr(np.float32(1.5)))
print(np.linalg.inv(np.array([[1., 2.], [3., 4.]])), np.fft.fft([1, 2, 3, 4]))
r = np.random.default_rng(5); print(r.integers(0, 10, 5), r.normal(size=2))
b = np.array([(1, "a"), (2, "b")], dtype=[("n", "i4"), ("s", "U2")]); print(b, b["n"], b.dtype)
print(np.array(["x", "yy"]), np.array([1, None, "o"], dtype=object), np.datetime64("2020-01-02") + 5)
print(np.concatenate([a, a]).shape, np.sort([3, 1, 2]), np.argsort([3, 1, 2]), np.unique([1, 1, 2]), np.where(a > 3, 1, 0))
a += 1; print(a.mean(), a.std(), a.tolist()[0], bytes(memoryview(np.arange(3, dtype="u1"))), int(np.int64(5)) + np.int64(2))
try:
    np.zeros(3) + np.zeros(4)
except ValueError as e:
    print(e)
print(np.einsum("ij->j", a), np.vectorize(lambda x: x * 2)(np.array([1, 2])), np.frompyfunc(lambda x: x + 1, 1, 1)([1, 2]))

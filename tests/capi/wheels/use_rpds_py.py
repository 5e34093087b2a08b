from rpds import HashTrieMap, HashTrieSet, List, Queue, Stack
m = HashTrieMap({"a": 1, "b": 2})
m2 = m.insert("c", 3)
print(len(m), len(m2), m2["c"], "a" in m, sorted(m2), m2.get("zz", 9))
print(m2.remove("a") == HashTrieMap({"b": 2, "c": 3}), m.update({"q": 1})["q"])
s = HashTrieSet([1, 2, 3])
print(sorted(s.insert(4)), 2 in s, len(s.remove(1)), sorted(s | HashTrieSet([9])))
l = List([1, 2, 3])
print(list(l), l.first, list(l.rest), list(l.push_front(0)), l)
q = Queue([1, 2])
print(q.peek(), list(q.enqueue(3)), list(q.dequeue()))
st = Stack([1, 2])
print(st.peek(), list(st.push(5)))
try:
    m.remove("nope")
except KeyError as e:
    print("KeyError", e)
try:
    hash(HashTrieMap({"a": []}))
except TypeError as e:
    print("TypeError", e)
print(repr(HashTrieMap({"x": 1})), m == m2, m != m2, hash(m) == hash(HashTrieMap({"b": 2, "a": 1})))
print(sorted(m2.items()), sorted(m2.values()), sorted(m2.keys()))

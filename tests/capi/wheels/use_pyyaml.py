import yaml
from yaml import _yaml
text = """
a: 1
b: [1, 2.5, null, true]
c: {x: y, "z": 'w'}
d: |
  multi
  line
e: &anchor {k: v}
f: *anchor
"""
data = yaml.load(text, Loader=yaml.CSafeLoader)
print(data)
print(yaml.dump(data, Dumper=yaml.CSafeDumper))
print(yaml.dump([{"a": (1, 2)}, "é", None, 1.5], Dumper=yaml.CDumper))
print([type(t).__name__ for t in yaml.scan("a: [b]", Loader=yaml.CLoader)])
print([type(t).__name__ for t in yaml.parse("a: [b]", Loader=yaml.CLoader)])
try:
    yaml.load("a: [b", Loader=yaml.CSafeLoader)
except yaml.YAMLError as e:
    print(type(e).__name__, e)
print(list(yaml.load_all("--- 1\n--- 2\n", Loader=yaml.CSafeLoader)))
print(_yaml.get_version_string())

import private
for key in "a", (1, 2), ("x",), KeyError("inner"), None:
    try:
        private.keys(key)
    except KeyError as error:
        print(error.args)
private.identifiers(5)
private.stop("value")
private.stop((1, 2))
data = ["kept"]
private.immortal(data)
print(data)
Made = private.made()
class Below(Made): pass
print(Made.early, Below.second, Below.__mro__[1] is Made, isinstance(Below(), Made))

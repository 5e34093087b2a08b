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

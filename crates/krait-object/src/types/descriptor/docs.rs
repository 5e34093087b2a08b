//! Documentation of builtin functions and of the methods of builtin types, by name.

/// Sorted by name: `len`, `str.upper`. Types that share methods share entries (`doc`).
const DOCS: &[(&str, &str)] = &[
    (
        "__build_class__",
        "Makes a class from the function that is its body; what the class statement calls.",
    ),
    (
        "__import__",
        "Imports a module; what the import statement calls.\n\nPrograms use importlib.import_module() instead.",
    ),
    ("abs", "Return the absolute value of the argument."),
    (
        "aiter",
        "Return an AsyncIterator for an AsyncIterable object.",
    ),
    (
        "all",
        "Return True if every element of the iterable is true.\n\nIf the iterable is empty, return True.",
    ),
    (
        "anext",
        "Return the next item from the async iterator.\n\nIf default is given and the async iterator is exhausted,\nit is returned instead of raising StopAsyncIteration.",
    ),
    (
        "any",
        "Return True if some element of the iterable is true.\n\nIf the iterable is empty, return False.",
    ),
    (
        "ascii",
        "Return a printable representation with ASCII characters only.\n\nOther characters of repr()'s text are escaped.",
    ),
    (
        "bin",
        "Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'",
    ),
    (
        "breakpoint",
        "Call sys.breakpointhook() with the same arguments: enter the debugger.",
    ),
    ("bytearray.append", "Append an item to the end."),
    ("bytearray.clear", "Remove all items."),
    ("bytearray.copy", "Return a shallow copy."),
    ("bytearray.extend", "Extend by the items of an iterable."),
    (
        "bytearray.hex",
        "Return the text of the bytes as hexadecimal digits.\n\n  sep\n    a character to put between groups of bytes.\n  bytes_per_sep\n    how many bytes are a group; counted from the right where positive.\n\nExample:\n>>> value = bytearray([0xb9, 0x01, 0xef])\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'",
    ),
    ("bytearray.insert", "Insert an item before the index."),
    (
        "bytearray.pop",
        "Remove and return the item at the index (default last).\n\nRaises IndexError if there is none.",
    ),
    (
        "bytearray.remove",
        "Remove the first occurrence of a value.\n\nRaises ValueError if the value is not present.",
    ),
    (
        "bytearray.resize",
        "Resize to the given number of bytes; new ones are zero.",
    ),
    ("bytearray.reverse", "Reverse in place."),
    (
        "bytes.fromhex",
        "Create an object from hexadecimal digits.\n\nSpaces between two numbers are accepted: bytes.fromhex('B9 01EF').",
    ),
    (
        "bytes.hex",
        "Return the text of the bytes as hexadecimal digits.\n\n  sep\n    a character to put between groups of bytes.\n  bytes_per_sep\n    how many bytes are a group; counted from the right where positive.\n\nExample:\n>>> value = b'\\xb9\\x01\\xef'\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'",
    ),
    (
        "callable",
        "Return whether the object can be called.\n\nInstances can be where their class has a __call__() method.",
    ),
    (
        "chr",
        "Return the character with this Unicode code point, 0 <= i <= 0x10ffff.",
    ),
    (
        "compile",
        "Compile source to a code object that exec() or eval() can run.\n\nThe source is text, bytes or an AST; the mode is 'exec', 'eval' or 'single'.",
    ),
    (
        "complex.conjugate",
        "Return the complex conjugate of the number.\n\n(3-4j).conjugate() == 3+4j.",
    ),
    (
        "complex.from_number",
        "Convert a number to a complex floating-point number.",
    ),
    (
        "delattr",
        "Delete the named attribute of an object.\n\ndelattr(x, 'y') is the same as ``del x.y``",
    ),
    (
        "dict.fromkeys",
        "Create a new dictionary with keys from an iterable and all values the same.",
    ),
    (
        "dict.update",
        "Update from a mapping, or an iterable of pairs, and keyword arguments.\n\nWhat has a keys() method is taken for a mapping.",
    ),
    (
        "dir",
        "dir([object]) -> list of strings\n\nWithout argument, the names in the current scope; else the names of\nthe object's attributes. A class may define __dir__().",
    ),
    ("divmod", "Return the tuple (x//y, x%y)."),
    (
        "eval",
        "Evaluate an expression, given as source or code object, in the context of\nglobals and locals.",
    ),
    (
        "exec",
        "Run statements, given as source or code object, in the context of globals\nand locals.",
    ),
    (
        "float.as_integer_ratio",
        "Return a pair of integers whose ratio is exactly equal to the original float.\n\nThe ratio is in lowest terms, with a positive denominator. Raise\nOverflowError on infinities and a ValueError on NaNs.\n\n>>> (10.0).as_integer_ratio()\n(10, 1)\n>>> (0.0).as_integer_ratio()\n(0, 1)\n>>> (-.25).as_integer_ratio()\n(-1, 4)",
    ),
    (
        "float.conjugate",
        "Return the number itself: the complex conjugate of any float.",
    ),
    ("float.from_number", "Convert a real number to a float."),
    (
        "float.fromhex",
        "Create a floating-point number from a hexadecimal string.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375\n>>> float.fromhex('-0x1p-1074')\n-5e-324",
    ),
    (
        "float.hex",
        "Return a hexadecimal representation of a floating-point number.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n>>> 3.14159.hex()\n'0x1.921f9f01b866ep+1'",
    ),
    (
        "float.is_integer",
        "Return True if the float is an integer.",
    ),
    (
        "format",
        "Return type(value).__format__(value, format_spec).\n\nAn empty format_spec gives str(value) for most types.",
    ),
    (
        "getattr",
        "getattr(object, name[, default]) -> value\n\ngetattr(x, 'y') is the same as x.y. The default is returned where there is\nno such attribute; without one that raises AttributeError.",
    ),
    (
        "globals",
        "Return the dictionary of the current module's variables.\n\nChanges to it change the variables.",
    ),
    (
        "hasattr",
        "Return whether the object has an attribute with the given name.\n\nThis calls getattr(obj, name) and catches AttributeError.",
    ),
    (
        "hash",
        "Return the hash value of the object.\n\nObjects that are equal have the same hash value.",
    ),
    (
        "hex",
        "Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'",
    ),
    (
        "id",
        "Return the identity of an object.\n\nIt is unique among the objects that exist at the same time.",
    ),
    (
        "input",
        "Read a line of standard input; its newline is left away.\n\nThe prompt, if given, is written to standard output before. At the end of\nthe input, raise EOFError.",
    ),
    (
        "int.as_integer_ratio",
        "Return a pair of integers whose ratio is equal to the original int.\n\nThe denominator is positive.\n\n>>> (10).as_integer_ratio()\n(10, 1)\n>>> (-10).as_integer_ratio()\n(-10, 1)\n>>> (0).as_integer_ratio()\n(0, 1)",
    ),
    (
        "int.bit_count",
        "Number of ones in the binary representation of the absolute value.\n\n>>> bin(13)\n'0b1101'\n>>> (13).bit_count()\n3",
    ),
    (
        "int.bit_length",
        "Number of bits needed to represent the number in binary.\n\n>>> bin(37)\n'0b100101'\n>>> (37).bit_length()\n6",
    ),
    (
        "int.conjugate",
        "Returns the number itself: the complex conjugate of any int.",
    ),
    (
        "int.from_bytes",
        "Return the integer represented by an array of bytes.\n\n  byteorder\n    'big' where the most significant byte comes first, or 'little'.\n  signed\n    whether two's complement is used.",
    ),
    (
        "int.is_integer",
        "Returns True. Exists for duck type compatibility with float.is_integer.",
    ),
    (
        "int.to_bytes",
        "Return an array of bytes representing the integer.\n\n  length\n    how many bytes; OverflowError is raised where they are too few.\n  byteorder\n    'big' where the most significant byte comes first, or 'little'.\n  signed\n    whether two's complement is used.",
    ),
    (
        "isinstance",
        "Return whether an object is an instance of a class or of a subclass of it.\n\nA tuple, as in isinstance(x, (A, B)), asks for any of several classes.",
    ),
    (
        "issubclass",
        "Return whether a class is the other class or derived from it.\n\nA tuple, as in issubclass(x, (A, B)), asks for any of several classes.",
    ),
    (
        "iter",
        "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nGet an iterator over an object. In the second form, the callable is called\nuntil it returns the sentinel.",
    ),
    ("len", "Return the number of items in a container."),
    ("list.append", "Append an item to the end."),
    ("list.clear", "Remove all items."),
    ("list.copy", "Return a shallow copy."),
    ("list.count", "Return the number of occurrences of a value."),
    ("list.extend", "Extend by the items of an iterable."),
    (
        "list.index",
        "Return the first index of a value.\n\nRaises ValueError if the value is not present.",
    ),
    ("list.insert", "Insert an item before the index."),
    (
        "list.pop",
        "Remove and return the item at the index (default last).\n\nRaises IndexError if there is none.",
    ),
    (
        "list.remove",
        "Remove the first occurrence of a value.\n\nRaises ValueError if the value is not present.",
    ),
    ("list.reverse", "Reverse in place."),
    (
        "list.sort",
        "Sort the list in ascending order and return None.\n\nThe sort is in place and stable. A key function is applied to each item\nonce, and items are sorted by its results; reverse asks for descending order.",
    ),
    (
        "locals",
        "Return a dictionary of the current scope's local variables.",
    ),
    (
        "max",
        "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nWith one iterable, return its biggest item, or default where it is empty.\nWith several arguments, return the largest of them.",
    ),
    ("memoryview.cast", "Cast to a new format or shape."),
    (
        "memoryview.count",
        "Return the number of occurrences of a value.",
    ),
    (
        "memoryview.hex",
        "Return the text of the bytes as hexadecimal digits.\n\n  sep\n    a character to put between groups of bytes.\n  bytes_per_sep\n    how many bytes are a group; counted from the right where positive.\n\nExample:\n>>> value = memoryview(b'\\xb9\\x01\\xef')\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'",
    ),
    (
        "memoryview.index",
        "Return the first index of a value.\n\nRaises ValueError if the value is not present.",
    ),
    (
        "memoryview.release",
        "Release the buffer that the memoryview exposes.",
    ),
    ("memoryview.tobytes", "Return the data as bytes."),
    (
        "memoryview.tolist",
        "Return the data as a list of elements.",
    ),
    (
        "memoryview.toreadonly",
        "Return a memoryview of the same buffer that cannot be written to.",
    ),
    (
        "min",
        "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nWith one iterable, return its smallest item, or default where it is empty.\nWith several arguments, return the smallest of them.",
    ),
    (
        "next",
        "next(iterator[, default])\n\nReturn the next item of an iterator. At its end, return the default, or\nraise StopIteration where none is given.",
    ),
    (
        "oct",
        "Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'",
    ),
    (
        "open",
        "Open a file and return a stream.\n\nThe mode is 'r' for reading (the default), 'w' for writing anew, 'x' for a new\nfile or 'a' for appending, with 'b' for bytes or 't' for text, and '+' for both\nreading and writing. Raise OSError where the file cannot be opened.",
    ),
    ("ord", "Return the Unicode code point of a character."),
    (
        "pow",
        "Equivalent to base**exp or, with three arguments, base**exp % mod.",
    ),
    (
        "print",
        "Prints the values to a stream, or to sys.stdout by default.\n\n  sep\n    string inserted between values, default a space.\n  end\n    string appended after the last value, default a newline.\n  file\n    a file-like object (stream); defaults to the current sys.stdout.\n  flush\n    whether to forcibly flush the stream.",
    ),
    (
        "property.deleter",
        "Descriptor to obtain a copy of the property with a different deleter.",
    ),
    (
        "property.getter",
        "Descriptor to obtain a copy of the property with a different getter.",
    ),
    (
        "property.setter",
        "Descriptor to obtain a copy of the property with a different setter.",
    ),
    ("repr", "Return the printable representation of the object."),
    (
        "round",
        "Round a number to a given precision in decimal digits.\n\nWithout ndigits the result is an integer; ndigits may be negative.",
    ),
    (
        "set.add",
        "Add an element; no effect if it is already present.",
    ),
    ("set.clear", "Remove all elements."),
    ("set.copy", "Return a shallow copy."),
    (
        "set.difference",
        "Return a new set with elements that are not in the others.",
    ),
    (
        "set.difference_update",
        "Remove all elements that are in the others.",
    ),
    ("set.discard", "Remove an element if it is a member."),
    (
        "set.intersection",
        "Return a new set with elements common to all.",
    ),
    (
        "set.intersection_update",
        "Keep only elements that are in all of the others.",
    ),
    (
        "set.isdisjoint",
        "Return whether the two have no element in common.",
    ),
    (
        "set.issubset",
        "Return whether the other one contains this set.",
    ),
    (
        "set.issuperset",
        "Return whether this set contains the other one.",
    ),
    (
        "set.pop",
        "Remove and return an arbitrary element.\n\nRaises KeyError if the set is empty.",
    ),
    (
        "set.remove",
        "Remove an element; it must be a member.\n\nIf it is not, raise a KeyError.",
    ),
    (
        "set.symmetric_difference",
        "Return a new set with elements that are in one of the two only.",
    ),
    (
        "set.symmetric_difference_update",
        "Keep elements that are in one of the two only.",
    ),
    ("set.union", "Return a new set with the elements of all."),
    ("set.update", "Add the elements of the others."),
    (
        "setattr",
        "Set the named attribute of an object.\n\nsetattr(x, 'y', v) is the same as ``x.y = v``",
    ),
    (
        "sorted",
        "Return a new list with all items of the iterable in ascending order.\n\nA key function can be given to customize the order, and reverse asks for\ndescending order.",
    ),
    (
        "str.capitalize",
        "Return a copy whose first character is upper case and the rest lower case.",
    ),
    (
        "str.casefold",
        "Return a copy for comparisons without regard to case.",
    ),
    (
        "str.center",
        "Return a copy centered in a field of the given width.\n\nPadding is done with the fill character (default is a space).",
    ),
    (
        "str.count",
        "Return the number of non-overlapping occurrences of sub in [start:end].",
    ),
    (
        "str.decode",
        "Decode the bytes with the codec registered for the encoding.\n\nerrors says what happens with bytes that cannot be decoded: 'strict'\nraises a UnicodeDecodeError; others are 'ignore' and 'replace'.",
    ),
    (
        "str.encode",
        "Encode the text with the codec registered for the encoding.\n\nerrors says what happens with characters that cannot be encoded: 'strict'\nraises a UnicodeEncodeError; others are 'ignore', 'replace' and\n'xmlcharrefreplace'.",
    ),
    (
        "str.endswith",
        "Return whether it ends with the suffix, or with one of a tuple of suffixes.",
    ),
    (
        "str.expandtabs",
        "Return a copy whose tab characters are expanded to spaces.",
    ),
    (
        "str.find",
        "Return the lowest index where sub is found in [start:end]; -1 on failure.",
    ),
    (
        "str.format",
        "Return a formatted version, with what is in braces replaced by arguments.",
    ),
    (
        "str.format_map",
        "Return a formatted version, with what is in braces replaced from a mapping.",
    ),
    (
        "str.index",
        "Return the lowest index where sub is found in [start:end].\n\nRaises ValueError when it is not found.",
    ),
    (
        "str.isalnum",
        "Return whether all characters are letters or digits and there is at least one.",
    ),
    (
        "str.isalpha",
        "Return whether all characters are letters and there is at least one.",
    ),
    (
        "str.isascii",
        "Return whether all characters are ASCII; empty text is ASCII, too.",
    ),
    (
        "str.isdecimal",
        "Return whether all characters are decimal and there is at least one.",
    ),
    (
        "str.isdigit",
        "Return whether all characters are digits and there is at least one.",
    ),
    (
        "str.isidentifier",
        "Return whether it is a valid Python identifier.\n\nkeyword.iskeyword() tells whether it is reserved.",
    ),
    (
        "str.islower",
        "Return whether all cased characters are lower case and there is at least one.",
    ),
    (
        "str.isnumeric",
        "Return whether all characters are numeric and there is at least one.",
    ),
    (
        "str.isprintable",
        "Return whether all characters are printable in repr().",
    ),
    (
        "str.isspace",
        "Return whether all characters are whitespace and there is at least one.",
    ),
    (
        "str.istitle",
        "Return whether each word starts with an upper case character and goes on in\nlower case.",
    ),
    (
        "str.isupper",
        "Return whether all cased characters are upper case and there is at least one.",
    ),
    (
        "str.join",
        "Concatenate any number of parts, with this one between them.",
    ),
    (
        "str.ljust",
        "Return a copy left-justified in a field of the given width.\n\nPadding is done with the fill character (default is a space).",
    ),
    ("str.lower", "Return a copy converted to lower case."),
    (
        "str.lstrip",
        "Return a copy with leading whitespace removed.\n\nIf an argument is given, remove what is in it instead.",
    ),
    ("str.maketrans", "Return a table for translate()."),
    (
        "str.partition",
        "Partition into three parts at the first occurrence of the separator.\n\nReturn the part before it, the separator and the part after it; where it is\nnot found, the whole and two empty parts.",
    ),
    (
        "str.removeprefix",
        "Return a copy without the given prefix, if it is there.",
    ),
    (
        "str.removesuffix",
        "Return a copy without the given suffix, if it is there.",
    ),
    (
        "str.replace",
        "Return a copy with all occurrences of old replaced by new.\n\ncount is the greatest number of replacements; -1 (the default) means all.",
    ),
    (
        "str.rfind",
        "Return the highest index where sub is found in [start:end]; -1 on failure.",
    ),
    (
        "str.rindex",
        "Return the highest index where sub is found in [start:end].\n\nRaises ValueError when it is not found.",
    ),
    (
        "str.rjust",
        "Return a copy right-justified in a field of the given width.\n\nPadding is done with the fill character (default is a space).",
    ),
    (
        "str.rpartition",
        "Partition into three parts at the last occurrence of the separator.\n\nReturn the part before it, the separator and the part after it; where it is\nnot found, two empty parts and the whole.",
    ),
    (
        "str.rsplit",
        "Return a list of the parts between separators, split from the end.\n\nWithout separator, parts are split at whitespace; maxsplit is the greatest\nnumber of splits, -1 (the default) means no limit.",
    ),
    (
        "str.rstrip",
        "Return a copy with trailing whitespace removed.\n\nIf an argument is given, remove what is in it instead.",
    ),
    (
        "str.split",
        "Return a list of the parts between separators.\n\nWithout separator, parts are split at whitespace; maxsplit is the greatest\nnumber of splits, -1 (the default) means no limit.",
    ),
    (
        "str.splitlines",
        "Return a list of the lines, without line breaks unless keepends is true.",
    ),
    (
        "str.startswith",
        "Return whether it starts with the prefix, or with one of a tuple of prefixes.",
    ),
    (
        "str.strip",
        "Return a copy with leading and trailing whitespace removed.\n\nIf an argument is given, remove what is in it instead.",
    ),
    (
        "str.swapcase",
        "Return a copy with upper case converted to lower case and vice versa.",
    ),
    (
        "str.title",
        "Return a copy where each word starts with an upper case character.",
    ),
    (
        "str.translate",
        "Return a copy with each character replaced by means of the table.",
    ),
    ("str.upper", "Return a copy converted to upper case."),
    (
        "str.zfill",
        "Return a copy padded with zeros on the left to the given width; a sign stays\nin front.",
    ),
    (
        "sum",
        "Return the sum of a 'start' value (default: 0) and an iterable of numbers.\n\nWhere the iterable is empty, return the start value.",
    ),
    (
        "tuple.count",
        "Return the number of occurrences of a value.",
    ),
    (
        "tuple.index",
        "Return the first index of a value.\n\nRaises ValueError if the value is not present.",
    ),
    (
        "vars",
        "vars([object]) -> dictionary\n\nWithout argument, the same as locals(); else object.__dict__.",
    ),
];

/// The documentation of a builtin function (without owner) or method.
pub fn doc(owner: &str, name: &str) -> Option<&'static str> {
    if owner.is_empty() {
        return find(name);
    }
    let of = |owner: &str| find(&format!("{owner}.{name}"));
    let other = match owner {
        "bytearray" => "bytes",
        "frozenset" => "set",
        _ => "",
    };
    let text = ["bytes", "bytearray"].contains(&owner);
    of(owner)
        .or_else(|| of(other))
        .or_else(|| text.then(|| of("str")).flatten())
}

fn find(key: &str) -> Option<&'static str> {
    let place = DOCS.binary_search_by(|entry| entry.0.cmp(key)).ok()?;
    Some(DOCS[place].1)
}

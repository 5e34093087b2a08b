

# Krait's instructions take the place of CPython's: they stand at the end of `dis`. Names that
# both have keep CPython's numbers, as tools compare these; the others get numbers behind.

from _opcode import instructions as _instructions


def _get_code_array(co, adaptive):
    return co


def _get_cache_size(opname):
    return 0


def _number(name):
    number = _all_opmap.get(name)
    if number is None:
        number = _all_opmap[name] = len(_all_opname)
        _all_opname.append(name)
    return number


def _unpack_opargs(code):
    # A code object's; bytes say nothing without one.
    if isinstance(code, types.CodeType):
        for offset, name, arg, *_ in _instructions(code):
            yield offset, offset, _number(name), arg


def findlabels(code):
    """Detect all offsets in a code object which are jump targets.

    Return the list of offsets.

    """
    if not isinstance(code, types.CodeType):
        return []
    targets = [target for *_, target, _ in _instructions(code) if target is not None]
    return list(dict.fromkeys(targets))


def _get_instructions_bytes(code, linestarts=None, line_offset=0, co_positions=None,
                            original_code=None, arg_resolver=None):
    """Iterate over the instructions of a code object."""
    if not isinstance(code, types.CodeType):
        return
    if arg_resolver is not None:
        for target in sorted(findlabels(code)):
            labels = arg_resolver.labels_map
            labels.setdefault(target, len(labels) + 1)
    positions = list(co_positions or ())
    line = None
    for offset, name, arg, argval, argrepr, target, words in _instructions(code):
        starts_line = linestarts is not None and offset in linestarts
        if starts_line:
            line = linestarts[offset]
        place = positions[offset // 2] if offset // 2 < len(positions) else ()
        label = arg_resolver.get_label_for_offset(offset) if arg_resolver else None
        yield Instruction(name, _number(name), arg, argval, argrepr, offset, offset,
                          starts_line, None if line is None else line + line_offset,
                          label, Positions(*place), None)


def _parse_exception_table(code):
    import struct
    return [_ExceptionTableEntry(start * 2, end * 2, target * 2, depth >> 1, bool(depth & 1))
            for start, end, target, depth in struct.iter_unpack('<4I', code.co_exceptiontable)]


def _calls_of_names(co):
    """Each instruction's name with what it means."""
    return [(name, argval) for _, name, _, argval, *_ in _instructions(co)]


def _find_imports(co):
    loaded = []
    for name, argval in _calls_of_names(co):
        if name == 'IMPORT_NAME' and len(loaded) > 1:
            yield argval, *loaded[-2:]
        loaded.append(argval)


def _find_store_names(co):
    for name, argval in _calls_of_names(co):
        if name in ('STORE_NAME', 'STORE_GLOBAL'):
            yield argval

//! Undoes, while the library is compiled, changes that the packaged copy carries, and
//! joins the few places where the library must know that it is inside the binary.
//!
//! Each entry is a text that must be there exactly once: when the packaged library
//! changes, the build fails here and not at run time.

/// Replacements by module.
const CHANGES: &[(&str, &str, &str)] = &[
    (
        "sysconfig",
        "    return 'RustPython'  # XXX: RUSTPYTHON; For site-packages\n",
        "    return 'Python'\n",
    ),
    (
        "site",
        "    return 'RustPython' # XXX: RUSTPYTHON; for site-packages\n",
        "    return 'Python'\n",
    ),
    (
        "site",
        "    # XXX: RUSTPYTHON\n    return f'{userbase}/lib/rustpython{",
        "    return f'{userbase}/lib/python{",
    ),
    (
        "platform",
        "        # XXX: RUSTPYTHON support\n        if \"RustPython\" in sys_version:\n            name = \"RustPython\"\n        else:\n            name = 'CPython'\n",
        "        name = 'CPython'\n",
    ),
    (
        "_compat_pickle",
        "# NOTE: RUSTPYTHON exceptions\ntry:\n    JitError\nexcept NameError:\n    pass\nelse:\n    PYTHON2_EXCEPTIONS += (\"JitError\",)\n",
        "",
    ),
    (
        "io",
        "                 open, open_code, BytesIO,",
        "                 open, open_code, FileIO, BytesIO,",
    ),
    (
        "io",
        "# XXX: RUSTPYTHON; FileIO needs host_env, optional without it\ntry:\n    from _io import FileIO\nexcept ImportError:\n    FileIO = None\n",
        "",
    ),
    (
        "io",
        "if FileIO is not None:  # XXX: RUSTPYTHON; see the try/except above\n    RawIOBase",
        "RawIOBase",
    ),
    // Code does not begin with an instruction that only says so, but may have its cells and
    // its generator made first.
    (
        "pdb",
        "        if prev is not None and prev.opname == 'RESUME':\n            if instr.positions.lineno is not None:\n                return instr.positions.lineno\n            return code.co_firstlineno\n        prev = instr\n",
        "        if instr.opname in ('COPY_FREE_VARS', 'MAKE_CELL', 'RETURN_GENERATOR'):\n            continue\n        if instr.positions.lineno is not None:\n            return instr.positions.lineno\n        return code.co_firstlineno\n",
    ),
    // Patterns are translated by `_sre`, but for those that it leaves to the library. (In as
    // many lines: warnings and tracebacks tell them.)
    (
        "re._compiler",
        "        pattern = p\n        p = _parser.parse(p, flags)\n",
        "        if made := _sre.translate(pattern := p, flags): return _sre.compile(p, *made)\n        p = _parser.parse(p, flags)\n",
    ),
    // Names of files that are not there are made only where they are told.
    (
        "importlib._bootstrap_external",
        "        # Check for a file w/ a proper suffix exists.\n        for suffix, loader_class in self._loaders:\n",
        "        # Check for a file w/ a proper suffix exists.\n        for suffix, loader_class in self._loaders if sys.flags.verbose > 1 else [l for l in self._loaders if cache_module + l[0] in cache]:\n",
    ),
    // The scripts of virtual environments are data of the library.
    (
        "venv",
        "        path = os.path.abspath(os.path.dirname(__file__))\n        path = os.path.join(path, 'scripts')\n",
        "        import _imp\n        path = os.path.join(_imp.library_data('venv'), 'scripts')\n",
    ),
];

/// Parts of a module from one line up to, but without, another one, which go away.
const CUTS: &[(&str, &str, &str)] = &[
    (
        "json.decoder",
        "    # RUSTPYTHON SPECIFIC\n",
        "    # Note that this exception is used from _json\n",
    ),
    ("unittest", "# XXX: RUSTPYTHON\n# This is very useful", ""),
];

/// Texts that a module gets at its end.
const ADDITIONS: &[(&str, &str)] = &[
    (
        "importlib._bootstrap_external",
        include_str!("../lib/library_loader.py"),
    ),
    ("dis", include_str!("../lib/dis_krait.py")),
    ("linecache", include_str!("../lib/command_lines.py")),
];

fn once(name: &str, text: &str, part: &str) -> Result<(), String> {
    if text.matches(part).count() == 1 {
        return Ok(());
    }
    Err(format!(
        "{name}: a text to be replaced is not there once: {}",
        part.lines().next().unwrap_or("")
    ))
}

/// The text of a module as it is compiled.
pub fn undo(name: &str, text: String) -> Result<String, String> {
    let mut text = text;
    for (_, old, new) in CHANGES.iter().filter(|c| c.0 == name) {
        once(name, &text, old)?;
        text = text.replace(old, new);
    }
    for (_, from, to) in CUTS.iter().filter(|c| c.0 == name) {
        once(name, &text, from)?;
        let start = text.find(from).unwrap_or(0);
        let length = if to.is_empty() {
            text.len() - start
        } else {
            text[start..].find(to).ok_or("no end of a cut")?
        };
        text.replace_range(start..start + length, "");
    }
    for (_, more) in ADDITIONS.iter().filter(|a| a.0 == name) {
        // `python -m` runs a module's program at its end.
        let main = "\nif __name__ == \"__main__\":\n";
        let place = text.rfind(main).unwrap_or(text.len());
        text.insert_str(place, more);
    }
    Ok(text)
}

//! Text signatures, in the notation of CPython's `__text_signature__`:
//! `index($self, value, start=0, stop=sys.maxsize, /)`.

/// How an argument may be given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamKind {
    PositionalOnly,
    PositionalOrKeyword,
    VarPositional,
    KeywordOnly,
    VarKeyword,
}

/// One parameter of a native function.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub kind: ParamKind,
    /// The default's source text; `None` where the argument is required.
    pub default: Option<&'static str>,
}

/// A parsed signature. Parameters do not include `$self`.
#[derive(Debug)]
pub struct Signature {
    pub params: Box<[Param]>,
    /// Positional arguments that must be there, and may be there.
    pub required: usize,
    pub positional: usize,
    pub var_positional: bool,
    pub var_keyword: bool,
    /// Whether any parameter can be given by keyword.
    pub keywords: bool,
}

impl Signature {
    /// Parses `name(...)`; brackets for optional groups (`[, key]`) count as defaults.
    pub fn parse(text: &'static str) -> Signature {
        let open = text.find('(').unwrap_or(text.len());
        let inner = text
            .get(open + 1..text.rfind(')').unwrap_or(text.len()))
            .unwrap_or("");
        let mut params: Vec<Param> = Vec::new();
        let mut kind = ParamKind::PositionalOrKeyword;
        for piece in split_top(inner) {
            let piece = piece.trim();
            if piece.is_empty() || piece.starts_with('$') {
                continue;
            }
            if piece == "/" {
                params
                    .iter_mut()
                    .for_each(|p| p.kind = ParamKind::PositionalOnly);
            } else if piece == "*" {
                kind = ParamKind::KeywordOnly;
            } else if let Some(name) = piece.strip_prefix("**") {
                params.push(Param {
                    name,
                    kind: ParamKind::VarKeyword,
                    default: None,
                });
            } else if let Some(name) = piece.strip_prefix('*') {
                params.push(Param {
                    name,
                    kind: ParamKind::VarPositional,
                    default: None,
                });
                kind = ParamKind::KeywordOnly;
            } else {
                let (name, default) = match piece.split_once('=') {
                    Some((name, default)) => (name.trim(), Some(default.trim())),
                    None => (piece, None),
                };
                params.push(Param {
                    name,
                    kind,
                    default,
                });
            }
        }
        Signature::from_params(params)
    }

    fn from_params(params: Vec<Param>) -> Signature {
        let positional = |p: &&Param| {
            matches!(
                p.kind,
                ParamKind::PositionalOnly | ParamKind::PositionalOrKeyword
            )
        };
        Signature {
            required: params
                .iter()
                .filter(positional)
                .filter(|p| p.default.is_none())
                .count(),
            positional: params.iter().filter(positional).count(),
            var_positional: params.iter().any(|p| p.kind == ParamKind::VarPositional),
            var_keyword: params.iter().any(|p| p.kind == ParamKind::VarKeyword),
            keywords: params.iter().any(|p| {
                matches!(
                    p.kind,
                    ParamKind::PositionalOrKeyword | ParamKind::KeywordOnly | ParamKind::VarKeyword
                )
            }),
            params: params.into(),
        }
    }
}

/// Splits at commas outside brackets and quotes.
fn split_top(text: &'static str) -> Vec<&'static str> {
    let (mut pieces, mut depth, mut quote, mut start) = (Vec::new(), 0, None, 0);
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                pieces.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

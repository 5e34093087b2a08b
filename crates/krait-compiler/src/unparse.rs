//! An expression's source text, as `from __future__ import annotations` stores it
//! (CPython's Python/ast_unparse.c).

use crate::ast::*;
use krait_bytecode::Const;

/// Binding strength, weakest first.
mod level {
    pub const TUPLE: u8 = 0;
    pub const TEST: u8 = 1;
    pub const OR: u8 = 2;
    pub const AND: u8 = 3;
    pub const NOT: u8 = 4;
    pub const CMP: u8 = 5;
    pub const EXPR: u8 = 6;
    pub const BXOR: u8 = 7;
    pub const BAND: u8 = 8;
    pub const SHIFT: u8 = 9;
    pub const ARITH: u8 = 10;
    pub const TERM: u8 = 11;
    pub const FACTOR: u8 = 12;
    pub const POWER: u8 = 13;
    pub const AWAIT: u8 = 14;
    pub const ATOM: u8 = 15;
}

/// The text as WTF-8.
pub fn unparse(expr: &Expr) -> Vec<u8> {
    let mut out = Unparser { out: Vec::new() };
    out.expr(expr, level::TEST);
    out.out
}

struct Unparser {
    out: Vec<u8>,
}

impl Unparser {
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn parens(&mut self, when: bool, inside: impl FnOnce(&mut Self)) {
        if when {
            self.text("(");
        }
        inside(self);
        if when {
            self.text(")");
        }
    }

    fn list(&mut self, items: &[Expr]) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            self.expr(item, level::TEST);
        }
    }

    fn expr(&mut self, expr: &Expr, outer: u8) {
        match &expr.kind {
            ExprKind::BoolOp { is_and, values } => {
                let (own, word) = if *is_and {
                    (level::AND, " and ")
                } else {
                    (level::OR, " or ")
                };
                self.parens(outer > own, |this| {
                    for (i, value) in values.iter().enumerate() {
                        if i > 0 {
                            this.text(word);
                        }
                        this.expr(value, own + 1);
                    }
                });
            }
            ExprKind::NamedExpr { target, value } => self.parens(outer > level::TUPLE, |this| {
                this.expr(target, level::ATOM);
                this.text(" := ");
                this.expr(value, level::ATOM);
            }),
            ExprKind::BinOp { left, op, right } => self.binary(left, *op, right, outer),
            ExprKind::UnaryOp { op, operand } => {
                let (text, own) = match op {
                    UnaryOp::Invert => ("~", level::FACTOR),
                    UnaryOp::Not => ("not ", level::NOT),
                    UnaryOp::UAdd => ("+", level::FACTOR),
                    UnaryOp::USub => ("-", level::FACTOR),
                };
                self.parens(outer > own, |this| {
                    this.text(text);
                    this.expr(operand, own);
                });
            }
            ExprKind::Lambda(lambda) => self.parens(outer > level::TEST, |this| {
                let empty = lambda.args.all().next().is_none();
                this.text(if empty { "lambda" } else { "lambda " });
                this.arguments(&lambda.args);
                this.text(": ");
                this.expr(&lambda.body, level::TEST);
            }),
            ExprKind::IfExp { test, body, orelse } => self.parens(outer > level::TEST, |this| {
                this.expr(body, level::TEST + 1);
                this.text(" if ");
                this.expr(test, level::TEST + 1);
                this.text(" else ");
                this.expr(orelse, level::TEST);
            }),
            ExprKind::Dict { keys, values } => {
                self.text("{");
                for (i, (key, value)) in keys.iter().zip(values).enumerate() {
                    if i > 0 {
                        self.text(", ");
                    }
                    match key {
                        Some(key) => {
                            self.expr(key, level::TEST);
                            self.text(": ");
                            self.expr(value, level::TEST);
                        }
                        None => {
                            self.text("**");
                            self.expr(value, level::EXPR);
                        }
                    }
                }
                self.text("}");
            }
            ExprKind::Set(elts) => {
                self.text("{");
                self.list(elts);
                self.text("}");
            }
            ExprKind::ListComp(comp) => self.comp("[", comp, "]"),
            ExprKind::SetComp(comp) | ExprKind::DictComp(comp) => self.comp("{", comp, "}"),
            ExprKind::GeneratorExp(comp) => self.comp("(", comp, ")"),
            ExprKind::Await(value) => self.parens(outer > level::AWAIT, |this| {
                this.text("await ");
                this.expr(value, level::ATOM);
            }),
            ExprKind::Yield(None) => self.text("(yield)"),
            ExprKind::Yield(Some(value)) => {
                self.text("(yield ");
                self.expr(value, level::TEST);
                self.text(")");
            }
            ExprKind::YieldFrom(value) => {
                self.text("(yield from ");
                self.expr(value, level::TEST);
                self.text(")");
            }
            ExprKind::Compare {
                left,
                ops,
                comparators,
            } => {
                self.parens(outer > level::CMP, |this| {
                    this.expr(left, level::CMP + 1);
                    for (op, right) in ops.iter().zip(comparators) {
                        this.text(comparison(*op));
                        this.expr(right, level::CMP + 1);
                    }
                });
            }
            ExprKind::Call {
                func,
                args,
                keywords,
            } => self.call(func, args, keywords),
            ExprKind::JoinedStr(_) | ExprKind::FormattedValue(_) => self.fstring(expr, "f"),
            ExprKind::TemplateStr(_) | ExprKind::Interpolation(_) => self.fstring(expr, "t"),
            ExprKind::Constant { value, kind_u } => {
                if *kind_u {
                    self.text("u");
                }
                self.constant(value);
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, level::ATOM);
                // 1.real would read as a float.
                let integer = matches!(value.as_const(), Some(Const::Int(_) | Const::BigInt(..)));
                self.text(if integer { " ." } else { "." });
                self.text(attr);
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, level::ATOM);
                self.text("[");
                self.expr(slice, level::TUPLE);
                self.text("]");
            }
            ExprKind::Starred { value, .. } => {
                self.text("*");
                self.expr(value, level::EXPR);
            }
            ExprKind::Name { id, .. } => self.text(id),
            ExprKind::List { elts, .. } => {
                self.text("[");
                self.list(elts);
                self.text("]");
            }
            ExprKind::Tuple { elts, .. } => {
                if elts.is_empty() {
                    return self.text("()");
                }
                self.parens(outer > level::TUPLE, |this| {
                    this.list(elts);
                    if elts.len() == 1 {
                        this.text(",");
                    }
                });
            }
            ExprKind::Slice { lower, upper, step } => {
                if let Some(lower) = lower {
                    self.expr(lower, level::TEST);
                }
                self.text(":");
                if let Some(upper) = upper {
                    self.expr(upper, level::TEST);
                }
                if let Some(step) = step {
                    self.text(":");
                    self.expr(step, level::TEST);
                }
            }
        }
    }

    fn binary(&mut self, left: &Expr, op: BinOp, right: &Expr, outer: u8) {
        let (text, own) = match op {
            BinOp::Add => (" + ", level::ARITH),
            BinOp::Sub => (" - ", level::ARITH),
            BinOp::Mult => (" * ", level::TERM),
            BinOp::MatMult => (" @ ", level::TERM),
            BinOp::Div => (" / ", level::TERM),
            BinOp::Mod => (" % ", level::TERM),
            BinOp::LShift => (" << ", level::SHIFT),
            BinOp::RShift => (" >> ", level::SHIFT),
            BinOp::BitOr => (" | ", level::EXPR),
            BinOp::BitXor => (" ^ ", level::BXOR),
            BinOp::BitAnd => (" & ", level::BAND),
            BinOp::FloorDiv => (" // ", level::TERM),
            BinOp::Pow => (" ** ", level::POWER),
        };
        let right_associative = op == BinOp::Pow;
        self.parens(outer > own, |this| {
            this.expr(left, own + right_associative as u8);
            this.text(text);
            this.expr(right, own + !right_associative as u8);
        });
    }

    fn comp(&mut self, open: &str, comp: &Comp, close: &str) {
        self.text(open);
        self.expr(&comp.elt, level::TEST);
        if let Some(value) = &comp.value {
            self.text(": ");
            self.expr(value, level::TEST);
        }
        for clause in &comp.generators {
            self.text(if clause.is_async {
                " async for "
            } else {
                " for "
            });
            self.expr(&clause.target, level::TUPLE);
            self.text(" in ");
            self.expr(&clause.iter, level::TEST + 1);
            for condition in &clause.ifs {
                self.text(" if ");
                self.expr(condition, level::TEST + 1);
            }
        }
        self.text(close);
    }

    fn call(&mut self, func: &Expr, args: &[Expr], keywords: &[Keyword]) {
        self.expr(func, level::ATOM);
        if let ([only], []) = (args, keywords)
            && let ExprKind::GeneratorExp(_) = only.kind
        {
            return self.expr(only, level::TEST);
        }
        self.text("(");
        self.list(args);
        for (i, keyword) in keywords.iter().enumerate() {
            if i > 0 || !args.is_empty() {
                self.text(", ");
            }
            match &keyword.arg {
                Some(name) => {
                    self.text(name);
                    self.text("=");
                }
                None => self.text("**"),
            }
            self.expr(&keyword.value, level::TEST);
        }
        self.text(")");
    }

    fn arguments(&mut self, args: &Arguments) {
        let mut first = true;
        let mut separate = |this: &mut Self| {
            if !std::mem::take(&mut first) {
                this.text(", ");
            }
        };
        let positional = args.posonlyargs.len() + args.args.len();
        let without = positional.saturating_sub(args.defaults.len());
        for (i, arg) in args.posonlyargs.iter().chain(&args.args).enumerate() {
            separate(self);
            self.arg(
                arg,
                i.checked_sub(without).and_then(|n| args.defaults.get(n)),
            );
            if i + 1 == args.posonlyargs.len() {
                self.text(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            separate(self);
            self.text("*");
            if let Some(vararg) = &args.vararg {
                self.arg(vararg, None);
            }
        }
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            separate(self);
            self.arg(arg, default.as_ref());
        }
        if let Some(kwarg) = &args.kwarg {
            separate(self);
            self.text("**");
            self.arg(kwarg, None);
        }
    }

    fn arg(&mut self, arg: &Arg, default: Option<&Expr>) {
        self.text(&arg.arg);
        if let Some(annotation) = &arg.annotation {
            self.text(": ");
            self.expr(annotation, level::TEST);
        }
        if let Some(default) = default {
            self.text("=");
            self.expr(default, level::TEST);
        }
    }

    /// The body is built as text first and then quoted as a whole.
    fn fstring(&mut self, expr: &Expr, prefix: &str) {
        let mut body = Vec::new();
        fstring_part(expr, &mut body);
        self.text(prefix);
        self.out.extend(repr_str(&body));
    }

    fn constant(&mut self, value: &Const) {
        match value {
            Const::None => self.text("None"),
            Const::Bool(true) => self.text("True"),
            Const::Bool(false) => self.text("False"),
            Const::Ellipsis => self.text("..."),
            Const::Int(number) => self.text(&number.to_string()),
            Const::BigInt(negative, digits) => {
                self.text(if *negative { "-" } else { "" });
                self.text(&decimal(digits));
            }
            Const::Float(number) => self.text(&repr_float(*number)),
            Const::Complex(re, im) => {
                let imaginary = format!("{}j", strip_zero(repr_float(*im)));
                if *re == 0.0 && !re.is_sign_negative() {
                    self.text(&imaginary);
                } else {
                    let plus = if imaginary.starts_with('-') { "" } else { "+" };
                    self.text(&format!(
                        "({}{plus}{imaginary})",
                        strip_zero(repr_float(*re))
                    ));
                }
            }
            Const::Str(text) => self.out.extend(repr_str(text)),
            Const::Bytes(bytes) => self.out.extend(repr_bytes(bytes)),
            Const::Tuple(items) => {
                self.text("(");
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.text(", ");
                    }
                    self.constant(item);
                }
                self.text(if items.len() == 1 { ",)" } else { ")" });
            }
            Const::FrozenSet(items) => {
                self.text("frozenset({");
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.text(", ");
                    }
                    self.constant(item);
                }
                self.text("})");
            }
            Const::Slice(_) | Const::Code(_) => self.text("..."),
        }
    }
}

fn fstring_part(expr: &Expr, out: &mut Vec<u8>) {
    match &expr.kind {
        ExprKind::JoinedStr(values) | ExprKind::TemplateStr(values) => {
            values.iter().for_each(|value| fstring_part(value, out));
        }
        ExprKind::Constant {
            value: Const::Str(text),
            ..
        } => {
            for byte in text.iter() {
                out.push(*byte);
                if matches!(byte, b'{' | b'}') {
                    out.push(*byte);
                }
            }
        }
        ExprKind::FormattedValue(field) | ExprKind::Interpolation(field) => {
            out.push(b'{');
            let mut inner = Unparser { out: Vec::new() };
            match &field.source {
                Const::Str(source) => inner.out.extend_from_slice(source),
                _ => inner.expr(&field.value, level::TEST + 1),
            }
            if inner.out.starts_with(b"{") {
                out.push(b' ');
            }
            out.extend(inner.out);
            if let Some(letter) = u32::try_from(field.conversion)
                .ok()
                .and_then(char::from_u32)
            {
                out.extend(format!("!{letter}").into_bytes());
            }
            if let Some(spec) = &field.format_spec {
                out.push(b':');
                fstring_part(spec, out);
            }
            out.push(b'}');
        }
        _ => {
            let mut inner = Unparser { out: Vec::new() };
            inner.expr(expr, level::TEST);
            out.extend(inner.out);
        }
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}

fn strip_zero(text: String) -> String {
    text.strip_suffix(".0").map_or(text.clone(), str::to_string)
}

/// `repr` of a float; infinity as a literal that overflows.
fn repr_float(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 {
            "1e309".into()
        } else {
            "-1e309".into()
        };
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return format!("{number:?}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn decimal(digits: &[u32]) -> String {
    let mut rest = digits.to_vec();
    let mut groups = Vec::new();
    while !rest.is_empty() {
        let mut remainder = 0u64;
        for digit in rest.iter_mut().rev() {
            let value = remainder << 30 | *digit as u64;
            *digit = (value / 1_000_000_000) as u32;
            remainder = value % 1_000_000_000;
        }
        groups.push(remainder);
        while rest.last() == Some(&0) {
            rest.pop();
        }
    }
    let mut out = groups.pop().unwrap_or(0).to_string();
    for group in groups.iter().rev() {
        out.push_str(&format!("{group:09}"));
    }
    out
}

fn quote_for(text: &[u8]) -> u8 {
    if text.contains(&b'\'') && !text.contains(&b'"') {
        b'"'
    } else {
        b'\''
    }
}

/// `repr` of a string given as WTF-8.
pub(crate) fn repr_str(text: &[u8]) -> Vec<u8> {
    let quote = quote_for(text);
    let mut out = vec![quote];
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.extend(b"\\n"),
                '\r' => out.extend(b"\\r"),
                '\t' => out.extend(b"\\t"),
                '\\' => out.extend(b"\\\\"),
                _ if c as u32 == quote as u32 => out.extend([b'\\', quote]),
                _ if c.is_control() || is_unprintable(c) => {
                    let code = c as u32;
                    let text = match code {
                        0..=0xff => format!("\\x{code:02x}"),
                        0x100..=0xffff => format!("\\u{code:04x}"),
                        _ => format!("\\U{code:08x}"),
                    };
                    out.extend(text.into_bytes());
                }
                _ => out.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        if let [a, b, c] = chunk.invalid() {
            let code = ((*a as u32 & 0xf) << 12) | ((*b as u32 & 0x3f) << 6) | (*c as u32 & 0x3f);
            out.extend(format!("\\u{code:04x}").into_bytes());
        }
    }
    out.push(quote);
    out
}

fn is_unprintable(c: char) -> bool {
    c != ' ' && c.is_whitespace()
        || matches!(c as u32, 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff
            | 0xe000..=0xf8ff | 0xe0000..)
}

fn repr_bytes(bytes: &[u8]) -> Vec<u8> {
    let quote = quote_for(bytes);
    let mut out = vec![b'b', quote];
    for &byte in bytes {
        match byte {
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            b'\\' => out.extend(b"\\\\"),
            _ if byte == quote => out.extend([b'\\', quote]),
            0x20..=0x7e => out.push(byte),
            _ => out.extend(format!("\\x{byte:02x}").into_bytes()),
        }
    }
    out.push(quote);
    out
}

//! String, bytes, f-string and t-string literals.

use super::Lower;
use crate::ast::{Expr, ExprKind, Formatted};
use crate::errors::Compile;
use krait_bytecode::{Const, Position};
use ruff_python_ast as ruff;
use ruff_python_ast::{ConversionFlag, FStringPart, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextRange, TextSize};
use std::borrow::Cow;

/// Text or a replacement field while parts are joined.
enum Piece {
    Text(Vec<u8>, Position),
    Field(Expr),
}

impl Lower<'_> {
    pub(super) fn string(&mut self, string: &ruff::ExprStringLiteral) -> Compile<ExprKind> {
        let mut text = Vec::new();
        for part in string.value.iter() {
            self.string_part(part, &mut text)?;
        }
        let kind_u = string.value.is_unicode();
        Ok(ExprKind::Constant {
            value: Const::Str(text.into()),
            kind_u,
        })
    }

    fn string_part(&mut self, part: &ruff::StringLiteral, out: &mut Vec<u8>) -> Compile<()> {
        let content = part.content_range();
        if part.flags.prefix().is_raw() {
            out.extend_from_slice(self.slice(content).as_bytes());
            return Ok(());
        }
        self.decode(content, false, false, out)
    }

    pub(super) fn bytes(&mut self, bytes: &ruff::ExprBytesLiteral) -> Compile<ExprKind> {
        let mut value = Vec::new();
        for part in bytes.value.iter() {
            let content = part.content_range();
            if part.flags.prefix().is_raw() {
                value.extend_from_slice(self.slice(content).as_bytes());
            } else {
                self.decode(content, false, true, &mut value)?;
            }
        }
        Ok(ExprKind::Constant {
            value: Const::Bytes(value.into()),
            kind_u: false,
        })
    }

    pub(super) fn fstring(&mut self, fstring: &ruff::ExprFString) -> Compile<ExprKind> {
        let mut pieces = Vec::new();
        for part in fstring.value.iter() {
            match part {
                FStringPart::Literal(literal) => {
                    let mut text = Vec::new();
                    self.string_part(literal, &mut text)?;
                    add_text(&mut pieces, text, self.at(literal));
                }
                FStringPart::FString(inner) => {
                    let raw = inner.flags.prefix().is_raw();
                    self.elements(&inner.elements, raw, false, false, &mut pieces)?;
                }
            }
        }
        Ok(ExprKind::JoinedStr(finish(pieces)))
    }

    pub(super) fn tstring(&mut self, tstring: &ruff::ExprTString) -> Compile<ExprKind> {
        let mut pieces = Vec::new();
        for part in tstring.value.iter() {
            let raw = part.flags.prefix().is_raw();
            self.elements(&part.elements, raw, true, false, &mut pieces)?;
        }
        Ok(ExprKind::TemplateStr(finish(pieces)))
    }

    fn elements(
        &mut self,
        elements: &ruff::InterpolatedStringElements,
        raw: bool,
        template: bool,
        spec: bool,
        pieces: &mut Vec<Piece>,
    ) -> Compile<()> {
        for element in elements.iter() {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    let mut text = Vec::new();
                    if raw || !self.slice(literal.range()).contains('\\') {
                        text.extend_from_slice(literal.value.as_bytes());
                    } else {
                        self.decode(literal.range(), !spec, false, &mut text)?;
                    }
                    add_text(pieces, text, self.at(literal));
                }
                InterpolatedStringElement::Interpolation(field) => {
                    self.field(field, raw, template, pieces)?;
                }
            }
        }
        Ok(())
    }

    fn field(
        &mut self,
        field: &ruff::InterpolatedElement,
        raw: bool,
        template: bool,
        pieces: &mut Vec<Piece>,
    ) -> Compile<()> {
        let at = self.at(field);
        if let Some(debug) = &field.debug_text {
            let text = without_comments(debug.as_str()).into_owned();
            add_text(pieces, text.into_bytes(), at);
        }
        let format_spec = match &field.format_spec {
            None => None,
            Some(spec) => {
                let mut inner = Vec::new();
                self.elements(&spec.elements, raw, false, true, &mut inner)?;
                let kind = ExprKind::JoinedStr(finish(inner));
                // It begins with the colon.
                let mut at = self.at(spec.as_ref());
                at.col = at.col.saturating_sub(1);
                Some(Expr { kind, at })
            }
        };
        let mut conversion = match field.conversion {
            ConversionFlag::None => -1,
            ConversionFlag::Str => 's' as i32,
            ConversionFlag::Ascii => 'a' as i32,
            ConversionFlag::Repr => 'r' as i32,
        };
        if field.debug_text.is_some() && conversion < 0 && format_spec.is_none() {
            conversion = 'r' as i32;
        }
        let source = if template {
            self.field_source(field)
        } else {
            Const::None
        };
        let value = self.expr(&field.expression)?;
        let formatted = Box::new(Formatted {
            value,
            conversion,
            format_spec,
            source,
        });
        let kind = match template {
            true => ExprKind::Interpolation(formatted),
            false => ExprKind::FormattedValue(formatted),
        };
        pieces.push(Piece::Field(Expr { kind, at }));
        Ok(())
    }

    /// The text of a field's expression: all between the brace and what ends the expression.
    fn field_source(&self, field: &ruff::InterpolatedElement) -> Const {
        let start = field.range().start() + TextSize::from(1);
        let end = field.expression.range().end();
        let rest = self.slice(TextRange::new(end, field.range().end()));
        // Closing parentheses and blanks around the expression belong to it.
        let extra = rest.len() - rest.trim_start_matches([')', ' ', '\n', '\t']).len();
        let end = end + TextSize::from(extra as u32);
        Const::str(&without_comments(self.slice(TextRange::new(start, end))))
    }

    /// Checks the escapes of a string literal or of an f-string's text, given as a token: the
    /// error, if they are wrong.
    pub fn check_token(&mut self, range: TextRange, middle: bool) -> Compile<()> {
        let text = self.slice(range);
        let mut out = Vec::new();
        let failed = if middle {
            self.decode(range, false, false, &mut out).err()
        } else {
            let prefix = text.find(['"', '\'']).unwrap_or(0);
            let letters = text[..prefix].to_ascii_lowercase();
            let triple = text[prefix..].starts_with("\"\"\"") || text[prefix..].starts_with("'''");
            let quotes = if triple { 3 } else { 1 };
            let bytes = letters.contains('b');
            if bytes && !text.is_ascii() {
                return self.error(range, "bytes can only contain ASCII literal characters");
            }
            if letters.contains('r') || text.len() < prefix + 2 * quotes {
                return Ok(());
            }
            let content = TextRange::new(
                range.start() + TextSize::from((prefix + quotes) as u32),
                range.end() - TextSize::from(quotes as u32),
            );
            self.decode(content, false, bytes, &mut out).err()
        };
        match failed {
            Some(error) => self.error(range, error.message),
            None => Ok(()),
        }
    }

    /// Decodes escapes of a literal's content; `fields`: `{{` and `}}` stand for one brace.
    fn decode(
        &mut self,
        range: TextRange,
        fields: bool,
        bytes: bool,
        out: &mut Vec<u8>,
    ) -> Compile<()> {
        let source = self.slice(range);
        let mut rest = source;
        while let Some(found) = rest.find(|c| c == '\\' || fields && (c == '{' || c == '}')) {
            out.extend_from_slice(&rest.as_bytes()[..found]);
            rest = &rest[found..];
            if !rest.starts_with('\\') {
                out.push(rest.as_bytes()[0]);
                let double = rest.starts_with("{{") || rest.starts_with("}}");
                rest = &rest[if double { 2 } else { 1 }..];
                continue;
            }
            let offset = source.len() - rest.len();
            let used = self.escape(rest, range, offset, bytes, out)?;
            rest = &rest[used..];
        }
        out.extend_from_slice(rest.as_bytes());
        Ok(())
    }

    /// One escape at the start of `rest`; gives its length.
    fn escape(
        &mut self,
        rest: &str,
        range: TextRange,
        offset: usize,
        bytes: bool,
        out: &mut Vec<u8>,
    ) -> Compile<usize> {
        let Some(next) = rest[1..].chars().next() else {
            // A part of an f-string, before an expression's brace.
            let place = self.escape_range(range, offset, 2);
            self.warn(place, "escape sequence", "{");
            out.push(b'\\');
            return Ok(1);
        };
        let simple = match next {
            '\n' => return Ok(2),
            '\\' => b'\\',
            '\'' => b'\'',
            '"' => b'"',
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 11,
            '0'..='7' => return Ok(self.octal(rest, range, offset, bytes, out)),
            'x' => return self.hex(rest, 2, range, offset, bytes, out),
            'u' if !bytes => return self.hex(rest, 4, range, offset, bytes, out),
            'U' if !bytes => return self.hex(rest, 8, range, offset, bytes, out),
            'N' if !bytes => return self.named(rest, range, offset, out),
            _ if !next.is_ascii() => {
                out.push(b'\\');
                return Ok(1);
            }
            _ => {
                let place = self.escape_range(range, offset, 1 + next.len_utf8());
                self.warn(place, "escape sequence", next.encode_utf8(&mut [0; 4]));
                out.push(b'\\');
                return Ok(1);
            }
        };
        out.push(simple);
        Ok(2)
    }

    fn escape_range(&self, range: TextRange, offset: usize, length: usize) -> TextRange {
        let start = range.start() + TextSize::from(offset as u32);
        TextRange::new(
            start,
            (start + TextSize::from(length as u32)).min(range.end()),
        )
    }

    fn octal(
        &mut self,
        rest: &str,
        range: TextRange,
        offset: usize,
        bytes: bool,
        out: &mut Vec<u8>,
    ) -> usize {
        let digits = rest[1..]
            .bytes()
            .take(3)
            .take_while(|b| (b'0'..=b'7').contains(b))
            .count();
        let value = u32::from_str_radix(&rest[1..1 + digits], 8).unwrap_or(0);
        if value > 0o377 {
            let text = &rest[1..1 + digits];
            // The place is that of the backslash and one more character.
            let place = self.escape_range(range, offset, 2);
            self.warn(place, "octal escape sequence", text);
        }
        if bytes {
            out.push(value as u8);
        } else {
            push_code_point(out, value);
        }
        1 + digits
    }

    fn hex(
        &mut self,
        rest: &str,
        digits: usize,
        range: TextRange,
        offset: usize,
        bytes: bool,
        out: &mut Vec<u8>,
    ) -> Compile<usize> {
        let found = rest[2..]
            .bytes()
            .take(digits)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        if found < digits {
            if bytes {
                let message = format!("(value error) invalid \\x escape at position {offset}");
                return self.error(self.literal_range(range), message);
            }
            let kind = match digits {
                2 => "\\xXX",
                4 => "\\uXXXX",
                _ => "\\UXXXXXXXX",
            };
            return self.bad_escape(
                range,
                offset,
                1 + found,
                &format!("truncated {kind} escape"),
            );
        }
        let value = u32::from_str_radix(&rest[2..2 + digits], 16).unwrap_or(u32::MAX);
        if value > 0x10ffff {
            return self.bad_escape(range, offset, 1 + digits, "illegal Unicode character");
        }
        if bytes {
            out.push(value as u8);
        } else {
            push_code_point(out, value);
        }
        Ok(2 + digits)
    }

    fn named(
        &mut self,
        rest: &str,
        range: TextRange,
        offset: usize,
        out: &mut Vec<u8>,
    ) -> Compile<usize> {
        let end = rest
            .find('}')
            .filter(|end| rest.starts_with("\\N{") && *end > 3);
        let Some(end) = end else {
            let length = match (rest.as_bytes().get(2), rest.find('}')) {
                (Some(b'{'), Some(close)) => close - 1,
                (Some(b'{'), None) => rest.len() - 1,
                _ => 1,
            };
            return self.bad_escape(range, offset, length, "malformed \\N character escape");
        };
        match unicode_names2::character(&rest[3..end]) {
            Some(c) => push_code_point(out, c as u32),
            None => return self.bad_escape(range, offset, end, "unknown Unicode character name"),
        }
        Ok(end + 1)
    }

    fn bad_escape<T>(
        &self,
        range: TextRange,
        offset: usize,
        last: usize,
        what: &str,
    ) -> Compile<T> {
        let message = format!(
            "(unicode error) 'unicodeescape' codec can't decode bytes in position {offset}-{}: {what}",
            offset + last
        );
        self.error(self.literal_range(range), message)
    }

    /// The literal around its content: with quotes and prefix.
    fn literal_range(&self, content: TextRange) -> TextRange {
        let text = &self.source.text;
        let (start, end) = (content.start().to_usize(), content.end().to_usize());
        let before = text[..start].trim_end_matches(['"', '\'']);
        let before = before.trim_end_matches(|c: char| "rRbBuUfFtT".contains(c));
        let quotes = text[end..].len() - text[end..].trim_start_matches(['"', '\'']).len();
        TextRange::new(
            TextSize::from(before.len() as u32),
            TextSize::from((end + quotes.min(3)) as u32),
        )
    }
}

/// The source of a field's expression without its comments.
fn without_comments(source: &str) -> Cow<'_, str> {
    if !source.contains('#') {
        return Cow::Borrowed(source);
    }
    let mut kept = String::with_capacity(source.len());
    let (mut quote, mut chars) = (None, source.chars());
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', _) => {
                kept.push(c);
                kept.extend(chars.next());
                continue;
            }
            // Triple quotes are an odd number of them.
            ('"' | '\'', None) => quote = Some(c),
            ('"' | '\'', Some(open)) if open == c => quote = None,
            ('#', None) => {
                if chars.any(|c| c == '\n') {
                    kept.push('\n');
                }
                continue;
            }
            _ => {}
        }
        kept.push(c);
    }
    Cow::Owned(kept)
}

fn push_code_point(out: &mut Vec<u8>, code: u32) {
    match char::from_u32(code) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        // A surrogate, encoded like any other three-byte code point. The second half of a pair
        // stays separate: Python's strings do not join them either.
        None => out.extend([
            0xe0 | (code >> 12) as u8,
            0x80 | (code >> 6 & 0x3f) as u8,
            0x80 | (code & 0x3f) as u8,
        ]),
    }
}

fn add_text(pieces: &mut Vec<Piece>, text: Vec<u8>, at: Position) {
    if let Some(Piece::Text(before, place)) = pieces.last_mut() {
        before.extend(text);
        place.end_line = at.end_line;
        place.end_col = at.end_col;
    } else if !text.is_empty() {
        pieces.push(Piece::Text(text, at));
    }
}

fn finish(pieces: Vec<Piece>) -> Vec<Expr> {
    let join = |piece| match piece {
        Piece::Text(text, at) => Lower::constant(Const::Str(text.into()), at),
        Piece::Field(field) => field,
    };
    pieces.into_iter().map(join).collect()
}

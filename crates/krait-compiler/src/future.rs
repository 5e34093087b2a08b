//! `from __future__ import ...`

use crate::ast::{Stmt, StmtKind};
use crate::errors::{Compile, CompileError};
use krait_bytecode::{Const, flags};

/// The `CO_FUTURE_*` bits a body asks for.
pub fn features(body: &[Stmt]) -> Compile<u32> {
    let mut bits = 0;
    let mut allowed = true;
    for (i, stmt) in body.iter().enumerate() {
        match &stmt.kind {
            StmtKind::ImportFrom {
                module: Some(module),
                names,
                level: 0,
            } if &**module == "__future__" => {
                if !allowed {
                    let message = "from __future__ imports must occur at the beginning of the file";
                    return Err(CompileError::at(stmt.at, message));
                }
                for alias in names {
                    bits |= feature(&alias.name, alias.at)?;
                }
            }
            StmtKind::Expr(value) if i == 0 && matches!(value.as_const(), Some(Const::Str(_))) => {}
            _ => allowed = false,
        }
    }
    Ok(bits)
}

fn feature(name: &str, at: krait_bytecode::Position) -> Compile<u32> {
    Ok(match name {
        // Long mandatory: accepted, without effect and without a flag.
        "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
        | "print_function" | "unicode_literals" | "generator_stop" => 0,
        "barry_as_FLUFL" => flags::FUTURE_BARRY_AS_BDFL,
        "annotations" => flags::FUTURE_ANNOTATIONS,
        "braces" => return Err(CompileError::at(at, "not a chance")),
        _ => {
            let message = format!("future feature {name} is not defined");
            return Err(CompileError::at(at, message));
        }
    })
}

//! Tests of encoding, serialisation and the verifier on code made by hand.

use crate::code::{Code, Const, Handler};
use crate::op::{NO_REG, Op};
use crate::positions::{Position, Positions, put, take};
use crate::word::Word;
use crate::{Image, disassemble, from_bytes, to_bytes, verify};
use std::sync::Arc;

fn code(words: Vec<Word>) -> Code {
    Code {
        name: "f".into(),
        qualname: "f".into(),
        filename: "f.py".into(),
        first_line: 1,
        flags: 3,
        argcount: 1,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        varnames: vec!["x".into()],
        hidden: vec![],
        cellvars: vec![],
        freevars: vec![],
        names: vec!["g".into()],
        consts: vec![
            Const::None,
            Const::Tuple([Const::Int(-5), Const::Float(0.5), Const::str("a")].into()),
            Const::BigInt(true, [1, 2, 3].into()),
        ],
        positions: Positions::encode(
            1,
            [(
                words.len() as u32,
                Position {
                    line: 3,
                    end_line: 4,
                    col: 2,
                    end_col: 1,
                },
            )],
        ),
        words,
        nregs: 4,
        first_temp: 1,
        handlers: vec![],
    }
}

fn sample() -> Code {
    let mut made = code(vec![
        Word::new_wide(Op::LOAD_GLOBAL, 0, 1, 0),
        Word(0),
        Word(0),
        Word::new(Op::COPY, 0, 2, 0, 0),
        Word::new(Op::CALL, 0, 1, 1, 1),
        Word(0),
        Word(0),
        Word(0),
        Word::new(Op::RETURN, 0, 1, 0, 0),
        Word::new(Op::RERAISE, 0, 1, NO_REG, 0),
    ]);
    made.handlers.push(Handler {
        start: 0,
        end: 8,
        target: 9,
        depth: 1,
        lasti: false,
    });
    made
}

#[test]
fn words_keep_their_operands() {
    let word = Word::new(Op::ADD_IMM, 3, 1, 0xfffe, (-7i16) as u16);
    assert_eq!(word.op(), Some(Op::ADD_IMM));
    assert_eq!(
        (word.flag(), word.a(), word.b(), word.c() as i16),
        (3, 1, 0xfffe, -7)
    );
    const {
        assert!(
            Op::COUNT < 230,
            "an interpreter needs room for its own instructions"
        );
    }
}

#[test]
fn serialisation_round_trips() {
    let made = sample();
    let bytes = to_bytes(&made);
    assert_eq!(*from_bytes(&bytes).unwrap(), made);
    let mut closure = sample();
    closure.cellvars = vec![("cell".into(), Some(0)), ("other".into(), None)];
    closure.freevars = vec!["free".into()];
    assert_eq!(*from_bytes(&to_bytes(&closure)).unwrap(), closure);
    let mut outer = sample();
    outer.consts.push(Const::Code(Arc::new(made)));
    let read = from_bytes(&to_bytes(&outer)).unwrap();
    assert_eq!(to_bytes(&read), to_bytes(&outer));
}

#[test]
fn numbers_of_any_length() {
    for number in [0, 0x7F, 0x80, 0x3FFF, 0x4000, 1 << 32, u64::MAX] {
        let mut bytes = Vec::new();
        put(&mut bytes, number);
        let mut rest = &bytes[..];
        assert_eq!((take(&mut rest), rest), (Some(number), &[][..]));
        assert_eq!(take(&mut &bytes[..bytes.len() - 1]), None);
    }
    assert_eq!(take(&mut &[0x80; 10][..]), None);
    let mut large = sample();
    large.first_line = 70_000;
    (large.argcount, large.nregs) = (300, 0x4000);
    assert_eq!(*from_bytes(&to_bytes(&large)).unwrap(), large);
}

#[test]
fn operand_words_are_stored() {
    let call = Word::new(Op::CALL_KW, 0, 1, 1, 1);
    let mut words = vec![Word::new(Op::RETURN, 0, 1, 0, 0); 6];
    words[..5].copy_from_slice(&[call, Word(0xFFFF_FFFF_FFFF), Word(0), Word(0), Word(0)]);
    let whole = code(words.clone());
    assert_eq!(*from_bytes(&to_bytes(&whole)).unwrap(), whole);
    // Its operand and cache words are not all there.
    for count in 1..5 {
        assert!(from_bytes(&to_bytes(&code(words[..count].to_vec()))).is_err());
    }
}

#[test]
fn corrupt_bytes_never_panic() {
    let bytes = to_bytes(&sample());
    for cut in 0..bytes.len() {
        assert!(from_bytes(&bytes[..cut]).is_err());
    }
    for i in 0..bytes.len() {
        for flip in [1u8, 0x80, 0xff] {
            let mut broken = bytes.clone();
            broken[i] ^= flip;
            assert!(from_bytes(&broken).is_err());
            // What lies in the program is not checked, but must not panic either.
            let unchecked = Image::of_static(broken.leak());
            if let Ok(image) = unchecked
                && let Ok(read) = image.outermost().and_then(|place| image.whole(place))
            {
                let _ = verify(&read);
                let _ = disassemble(&read);
            }
        }
    }
}

#[test]
fn verifier_takes_good_code() {
    verify(&sample()).unwrap();
    assert!(disassemble(&sample()).contains("CALL                   t0 t0 1"));
}

#[test]
fn verifier_finds_leaks_and_empty_reads() {
    let leak = code(vec![
        Word::new(Op::LOAD_NONE, 0, 1, 0, 0),
        Word::new(Op::LOAD_NONE, 0, 1, 0, 0),
        Word::new(Op::RETURN, 0, 1, 0, 0),
    ]);
    assert!(verify(&leak).unwrap_err().message.contains("overwrites"));
    let empty = code(vec![Word::new(Op::RETURN, 0, 2, 0, 0)]);
    assert!(verify(&empty).unwrap_err().message.contains("reads empty"));
    let falls = code(vec![Word::new(Op::LOAD_NONE, 0, 1, 0, 0)]);
    assert!(verify(&falls).unwrap_err().message.contains("runs off"));
}

#[test]
fn positions_round_trip() {
    let at = |line, end_line, col, end_col| Position {
        line,
        end_line,
        col,
        end_col,
    };
    let runs = [
        (3, at(5, 5, 1, 9)),
        (1, Position::NONE),
        (2, at(4, 9, 3, 1)),
    ];
    let table = Positions::encode(2, runs);
    let read: Vec<_> = table
        .runs(2)
        .map(|run| (run.end - run.start, run.position))
        .collect();
    assert_eq!(read, runs);
    assert_eq!(table.at(2, 5), runs[2].1);
    assert_eq!(table.at(2, 99), Position::NONE);
}

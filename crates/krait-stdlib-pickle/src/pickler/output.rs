//! What has been written, in frames (protocol 4).
//!
//! A frame's header is left free at its beginning, and filled when the frame ends.

use crate::opcode::FRAME;

const HEADER: usize = 9;
const LEAST_FRAME: usize = 4;
/// A frame ends at the first boundary of opcodes beyond so many bytes.
pub const TARGET: usize = 64 * 1024;

#[derive(Default)]
pub struct Output {
    pub bytes: Vec<u8>,
    pub framing: bool,
    /// Where the open frame's header is.
    frame: Option<usize>,
}

impl Output {
    /// Appends bytes, in a new frame if none is open.
    #[inline]
    pub fn put(&mut self, bytes: &[u8]) {
        if self.framing && self.frame.is_none() {
            self.open_frame();
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn open_frame(&mut self) {
        self.frame = Some(self.bytes.len());
        self.bytes.extend_from_slice(&[0; HEADER]);
    }

    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else {
            return;
        };
        let len = self.bytes.len() - start - HEADER;
        if len >= LEAST_FRAME {
            self.bytes[start] = FRAME;
            self.bytes[start + 1..start + HEADER].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.bytes.drain(start..start + HEADER);
        }
    }

    /// At a boundary of opcodes; true where a frame has ended.
    #[inline]
    pub fn boundary(&mut self) -> bool {
        let full = self
            .frame
            .is_some_and(|start| self.bytes.len() - start - HEADER >= TARGET);
        if full {
            self.close_frame();
        }
        full
    }

    pub fn end_framing(&mut self) {
        self.close_frame();
        self.framing = false;
    }

    /// Ends the frame before bytes that stand outside of frames.
    pub fn leave_frame(&mut self) {
        self.close_frame();
    }

    /// Appends outside of frames.
    pub fn put_raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}

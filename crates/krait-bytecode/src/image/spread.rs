//! Where the bytes of an instruction's word come to that are stored without the zero ones.

/// How the bytes that stand for a mask's bits come to their places.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    /// How many there are.
    pub count: usize,
    /// The bits of those.
    used: u64,
    /// The bits of what goes four places on, then two, then one.
    moves: [u64; 3],
}

/// For each mask: bit i says that byte i of seven is not zero, and follows.
pub(super) static SPREAD: [Spread; 128] = {
    let mut all = [Spread::of(0); 128];
    let mut mask = 1;
    while mask < 128 {
        all[mask] = Spread::of(mask);
        mask += 1;
    }
    all
};

impl Spread {
    const fn of(mask: usize) -> Spread {
        let count = mask.count_ones() as usize;
        let mut moves = [0; 3];
        let (mut place, mut from) = (0, 0);
        while place < 7 {
            if mask >> place & 1 != 0 {
                // Farther bytes go at least as far, so that none comes where another is.
                let (mut at, mut step) = (from, 0);
                while step < 3 {
                    let way = 4 >> step;
                    if (place - from) & way != 0 {
                        moves[step] |= 0xFF << (8 * at);
                        at += way;
                    }
                    step += 1;
                }
                from += 1;
            }
            place += 1;
        }
        Spread {
            count,
            used: (1 << (8 * count)) - 1,
            moves,
        }
    }

    #[inline]
    pub fn apply(&self, bytes: u64) -> u64 {
        let mut spread = bytes & self.used;
        for (step, moved) in self.moves.iter().enumerate() {
            let moved = spread & moved;
            spread = spread ^ moved | moved << (8 * (4 >> step));
        }
        spread
    }
}

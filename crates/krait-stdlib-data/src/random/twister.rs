//! The Mersenne Twister MT19937 (Matsumoto and Nishimura, 1997).

pub(super) const WORDS: usize = 624;
const MIDDLE: usize = 397;

pub(super) struct Twister {
    pub(super) words: Box<[u32; WORDS]>,
    /// The next word to give out.
    pub(super) index: usize,
}

impl Twister {
    fn from_number(seed: u32) -> Twister {
        let mut words = Box::new([0u32; WORDS]);
        words[0] = seed;
        for i in 1..WORDS {
            let before = words[i - 1];
            words[i] = 1_812_433_253u32
                .wrapping_mul(before ^ before >> 30)
                .wrapping_add(i as u32);
        }
        Twister {
            words,
            index: WORDS,
        }
    }

    /// Seeds with a key of at least one word (`init_by_array`).
    pub(super) fn from_key(key: &[u32]) -> Twister {
        let mut twister = Twister::from_number(19_650_218);
        let words = &mut twister.words;
        let (mut i, mut j) = (1, 0);
        for _ in 0..WORDS.max(key.len()) {
            let before = words[i - 1];
            let mixed = words[i] ^ (before ^ before >> 30).wrapping_mul(1_664_525);
            words[i] = mixed.wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= WORDS {
                words[0] = words[WORDS - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..WORDS - 1 {
            let before = words[i - 1];
            let mixed = words[i] ^ (before ^ before >> 30).wrapping_mul(1_566_083_941);
            words[i] = mixed.wrapping_sub(i as u32);
            i += 1;
            if i >= WORDS {
                words[0] = words[WORDS - 1];
                i = 1;
            }
        }
        words[0] = 0x8000_0000;
        twister
    }

    fn renew(&mut self) {
        let words = &mut self.words;
        let mixed = |high: u32, low: u32| {
            let y = high & 0x8000_0000 | low & 0x7FFF_FFFF;
            y >> 1 ^ if y & 1 == 0 { 0 } else { 0x9908_B0DF }
        };
        for i in 0..WORDS - MIDDLE {
            words[i] = words[i + MIDDLE] ^ mixed(words[i], words[i + 1]);
        }
        for i in WORDS - MIDDLE..WORDS - 1 {
            words[i] = words[i + MIDDLE - WORDS] ^ mixed(words[i], words[i + 1]);
        }
        words[WORDS - 1] = words[MIDDLE - 1] ^ mixed(words[WORDS - 1], words[0]);
        self.index = 0;
    }

    /// The next 32 bits.
    #[inline]
    pub(super) fn next(&mut self) -> u32 {
        if self.index >= WORDS {
            self.renew();
        }
        let mut y = self.words[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9D2C_5680;
        y ^= y << 15 & 0xEFC6_0000;
        y ^ y >> 18
    }

    /// A float in [0, 1) with 53 random bits.
    #[inline]
    pub(super) fn next_f64(&mut self) -> f64 {
        let (a, b) = (self.next() >> 5, self.next() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) * (1.0 / 9_007_199_254_740_992.0)
    }
}

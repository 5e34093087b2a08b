//! The CRC of the BinHex format: 16 bits, polynomial 0x1021.

const TABLE: [u16; 256] = {
    let mut table = [0u16; 256];
    let mut i = 0;
    while i < 256 {
        let mut crc = (i as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 != 0 {
                crc << 1 ^ 0x1021
            } else {
                crc << 1
            };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
};

pub fn update(start: u32, data: &[u8]) -> u32 {
    let step = |crc: u16, byte: &u8| crc << 8 ^ TABLE[usize::from(crc >> 8 ^ u16::from(*byte))];
    u32::from(data.iter().fold(start as u16, step))
}

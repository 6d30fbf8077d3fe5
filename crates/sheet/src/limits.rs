//! How much of a file is read.

/// Bounds on what a file may hold. What goes beyond them is refused with a word on what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an XLSX file when it is unpacked.
    pub unpacked: u64,
    /// How many times as large as packed it may be unpacked; asked only of what is larger than `free`,
    /// for small tables pack well.
    pub ratio: u64,
    /// Below this many bytes unpacked no ratio is asked for.
    pub free: u64,
    /// Bytes of the texts that the cells of an XLSX file share; they are held in memory.
    pub shared: u64,
    /// How many such texts.
    pub shared_texts: u64,
    /// Columns with something in them.
    pub columns: usize,
    /// Rows with something in them, of one sheet.
    pub rows: u64,
    /// Bytes of one cell.
    pub cell: usize,
    /// Bytes of one row of text; of a row of XLSX those of its cells together, which may share a text.
    pub row: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked: 4 << 30,
            ratio: 250,
            free: 256 << 20,
            shared: 256 << 20,
            shared_texts: 5_000_000,
            columns: 1_000,
            rows: 5_000_000,
            cell: 128 << 10,
            row: 4 << 20,
        }
    }
}

//! CSV tables as R writes them: quoted text, an empty cell for a missing value, `Inf` and `-Inf`.

/// A table with named columns.
#[derive(Debug)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads the text of a table whose first line names the columns.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut lines = records(text)?.into_iter();
        let header = lines.next().ok_or("no header")?;
        let rows: Vec<Vec<String>> = lines.collect();
        if let Some(at) = rows.iter().position(|row| row.len() != header.len()) {
            return Err(format!("line {} has not {} fields", at + 2, header.len()));
        }
        Ok(Self { header, rows })
    }

    /// How many rows, without the header.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.header
    }

    /// A column as text; a missing value is empty.
    pub fn text(&self, column: &str) -> Result<Vec<&str>, String> {
        let at = self.header.iter().position(|name| name == column);
        let at = at.ok_or_else(|| format!("no column {column}"))?;
        Ok(self.rows.iter().map(|row| row[at].as_str()).collect())
    }

    /// A column as numbers; a missing value is NaN.
    pub fn numbers(&self, column: &str) -> Result<Vec<f64>, String> {
        let cells = self.text(column)?;
        let number = |cell: &&str| {
            number(cell).ok_or_else(|| format!("column {column}: {cell} is not a number"))
        };
        cells.iter().map(number).collect()
    }
}

/// A number as R prints it.
fn number(cell: &str) -> Option<f64> {
    match cell {
        "" | "NA" | "NaN" => Some(f64::NAN),
        "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        "TRUE" => Some(1.0),
        "FALSE" => Some(0.0),
        _ => cell.parse().ok(),
    }
}

/// The fields of each line; quotes may enclose commas, line ends and doubled quotes.
fn records(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut records = Vec::new();
    let mut record = vec![String::new()];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let last = record.len() - 1;
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                record[last].push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => records.push(std::mem::replace(&mut record, vec![String::new()])),
            _ => record[last].push(c),
        }
    }
    if quoted {
        return Err("a quote is not closed".to_owned());
    }
    if record.len() > 1 || !record[0].is_empty() {
        records.push(record);
    }
    Ok(records)
}

#[test]
fn quotes_and_missing_values() {
    let table = Table::parse("\"a\",b\n\"x, \"\"y\"\"\",\n\"\nz\",Inf\n").unwrap();
    assert_eq!(table.text("a").unwrap(), ["x, \"y\"", "\nz"]);
    let b = table.numbers("b").unwrap();
    assert!(b[0].is_nan() && b[1] == f64::INFINITY);
    assert!(Table::parse("a,b\n1\n").is_err());
}

//! The map of the regions: outlines to draw, no more. Nothing depends on it; a pack without it is whole.

use serde_json::Value;

use crate::context::Context;
use crate::fault::FaultCode;
use crate::source::Source;

/// Outlines of divisions in one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// Units across.
    pub width: f64,
    /// Units down.
    pub height: f64,
    /// The divisions, those that lie behind first.
    pub units: Vec<MapUnit>,
}

/// A division on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapUnit {
    /// Its code, GB/T 2260.
    pub code: String,
    /// Where its mark and name stand.
    pub x: f64,
    /// The same, downwards.
    pub y: f64,
    /// Its outline, as the `d` of a path of SVG.
    pub path: String,
}

impl Map {
    /// The division of the map that a code lies in: itself, or that above it. Codes of counties begin
    /// as that of their city does.
    pub fn unit(&self, code: &str) -> Option<&MapUnit> {
        let own = self.units.iter().find(|unit| unit.code == code);
        own.or_else(|| {
            let city = code.get(..4)?;
            self.units.iter().find(|unit| unit.code.strip_prefix(city) == Some("00"))
        })
    }

    /// Reads `map.json`.
    pub(crate) fn read(source: &Source<'_>, cx: &mut Context) -> Option<Self> {
        let map = serde_json::from_str(source.text).map_err(|error| {
            (error.line().max(1), FaultCode::Syntax, format!("the map is not JSON: {error}"))
        });
        match map.and_then(|map: Value| read(&map).map_err(|what| (1, FaultCode::BadValue, what))) {
            Ok(map) => Some(map),
            Err((line, code, what)) => {
                let remedy = "write width, height and units, each with code, x, y and path; or take \
                              the map away, nothing needs it";
                cx.fault(code, &source.line(line), what, remedy);
                None
            }
        }
    }
}

fn read(map: &Value) -> Result<Map, String> {
    let number = |of: &Value, name: &str| {
        let found = of.get(name).and_then(Value::as_f64).filter(|n| n.is_finite());
        found.ok_or_else(|| format!("the map has no number {name}"))
    };
    let text = |of: &Value, name: &str| {
        let found = of.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        found.map(str::to_owned).ok_or_else(|| format!("a unit of the map has no text {name}"))
    };
    let units = map.get("units").and_then(Value::as_array);
    let units = units.ok_or("the map has no list units")?.iter().map(|unit| {
        let path = text(unit, "path")?;
        // What is drawn is drawn into pages.
        let fits = |b: u8| b.is_ascii_digit() || b" .,-+MmLlHhVvZzCcSsQqTtAae".contains(&b);
        if !path.bytes().all(fits) {
            return Err("a path of the map has something that is no outline".to_owned());
        }
        let (x, y) = (number(unit, "x")?, number(unit, "y")?);
        Ok(MapUnit { code: text(unit, "code")?, x, y, path })
    });
    let units = units.collect::<Result<_, String>>()?;
    Ok(Map { width: number(map, "width")?, height: number(map, "height")?, units })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pack;

    #[test]
    fn a_county_lies_in_its_city() {
        let pack = Pack::load(testkit::hubei_pack()).unwrap();
        let map = pack.map().unwrap();
        assert_eq!(map.units.len(), 17);
        assert_eq!(map.unit("420106").unwrap().code, "420100");
        assert_eq!(map.unit("429004").unwrap().code, "429004");
        assert!(map.unit("110101").is_none());
        for unit in &map.units {
            assert!((0.0..map.width).contains(&unit.x) && (0.0..map.height).contains(&unit.y));
        }
    }

    #[test]
    fn what_is_no_map_is_told() {
        for (text, code) in [
            ("{", FaultCode::Syntax),
            (r#"{"width":1,"height":1}"#, FaultCode::BadValue),
            (
                r#"{"width":1,"height":1,"units":[{"code":"1","x":0,"y":0,"path":"<script>"}]}"#,
                FaultCode::BadValue,
            ),
        ] {
            let mut files = testkit::hubei_pack();
            files.retain(|(path, _)| path != "map.json");
            files.push(("map.json".to_owned(), text.as_bytes().to_vec()));
            let faults = Pack::load(files).unwrap_err();
            let found = faults.0.iter().find(|fault| fault.file == "map.json").unwrap();
            assert_eq!(found.code, code, "{text}");
        }
    }
}

//! Answers to `GET /epcis/events` against the schema and the description that GS1 published, whatever was
//! captured and whatever is asked.

use axum::http::{HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};

use super::support::document;
use crate::site::{Answer, Site, on_sqlite};

/// What GS1 published, where the reference data are.
struct Published {
    schema: Value,
    openapi: Value,
}

fn published() -> Option<Published> {
    let folder = testkit::testdata().join("trace/epcis-spec");
    let whole = std::env::var_os("ZHIHENG_TESTDATA").is_some();
    assert!(folder.is_dir() || !whole, "no folder {}", folder.display());
    let read = |name: &str| {
        let text = std::fs::read(folder.join(name)).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()
    };
    folder.is_dir().then(|| Published {
        schema: read("EPCIS-JSON-Schema.json"),
        openapi: read("REST_Bindings/openapi.json"),
    })
}

impl Published {
    /// What checks values by one of its definitions.
    fn validator(&self, name: &str) -> jsonschema::Validator {
        let definitions = &self.schema["definitions"];
        let schema = json!({ "$ref": format!("#/definitions/{name}"), "definitions": definitions });
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft7);
        options.should_validate_formats(true).build(&schema).unwrap()
    }

    /// The names of the parameters of `GET /events`.
    fn parameters(&self) -> Vec<String> {
        let all = self.openapi["paths"]["/events"]["get"]["parameters"].as_array().unwrap();
        let reference = |parameter: &Value| {
            let name = parameter["$ref"].as_str()?.strip_prefix("#/components/parameters/")?;
            Some(self.openapi["components"]["parameters"][name].clone())
        };
        all.iter()
            .map(|parameter| reference(parameter).unwrap_or_else(|| parameter.clone()))
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// What does not fit, the first few.
fn misfits(validator: &jsonschema::Validator, value: &Value) -> Vec<String> {
    let told = |error: jsonschema::ValidationError<'_>| {
        let text = error.to_string();
        format!("{}: {text:.300}", error.instance_path())
    };
    validator.iter_errors(value).take(3).map(told).collect()
}

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }

    fn once_in(&mut self, most: usize) -> bool {
        self.below(most) == 0
    }

    fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    /// Some of a list, each once, in its order.
    fn some(&mut self, of: &[&str]) -> Value {
        let left = self.below(4);
        of.iter().filter(|_| left > 0 && self.once_in(5 - left)).map(|text| json!(text)).collect()
    }

    fn uri(&mut self) -> Value {
        json!(self.one(IDS))
    }

    fn time(&mut self) -> Value {
        json!(self.one(&[
            "2024-03-01T08:00:00Z",
            "2024-02-29T23:59:59.999999999+14:00",
            "2024-03-01T08:00:00.5-14:00",
            "1950-01-01T00:00:00+00:00",
        ]))
    }

    fn number(&mut self) -> Value {
        let texts = ["0", "1", "-2.50", "1e3", "1.5E-7", "12345678901234567890", "0.10", "-0"];
        serde_json::from_str(self.one::<&str>(&texts)).unwrap()
    }

    fn extension(&mut self, depth: usize) -> Value {
        match self.below(if depth > 2 { 6 } else { 9 }) {
            0 => self.number(),
            1 => {
                json!(self.one(&["", " ", "a", "<&>\"'", "\u{0}\u{1f}\u{7f}", "中文", "\u{1f600}"]))
            }
            2 => json!(true),
            3 => Value::Null,
            4 => json!([]),
            5 => json!({}),
            6 => json!([self.extension(depth + 1), self.extension(depth + 1)]),
            7 => json!({ "#text": "a", "ex:b": self.extension(depth + 1) }),
            _ => json!({ "ex:a": self.extension(depth + 1), "b": self.extension(depth + 1) }),
        }
    }

    fn extensions(&mut self, into: &mut Map<String, Value>) {
        for name in EXTENSIONS {
            if self.once_in(6) {
                into.insert((*name).to_owned(), self.extension(0));
            }
        }
    }

    fn quantities(&mut self) -> Value {
        let count = self.below(3);
        let one = |dice: &mut Self| {
            let mut one = json!({ "epcClass": dice.uri() });
            if dice.once_in(2) {
                one["quantity"] = dice.number();
            }
            if dice.once_in(2) {
                one["uom"] = json!("KGM");
            }
            one
        };
        (0..count).map(|_| one(self)).collect()
    }

    fn typed(&mut self, name: &str, kinds: &[&str]) -> Value {
        let count = self.below(3);
        (0..count).map(|_| json!({ "type": self.one(kinds), name: self.uri() })).collect()
    }

    fn place(&mut self) -> Value {
        let mut place = Map::new();
        place.insert("id".to_owned(), json!(self.one(PLACES)));
        self.extensions(&mut place);
        place.into()
    }

    fn sensor(&mut self) -> Value {
        let mut report = Map::new();
        report.insert("type".to_owned(), json!(self.one(&["Temperature", "https://ex.example/t"])));
        for name in ["value", "minValue", "maxValue", "meanValue", "sDev", "percRank"] {
            if self.once_in(4) {
                report.insert(name.to_owned(), self.number());
            }
        }
        for (name, value) in [
            ("stringValue", json!("")),
            ("booleanValue", json!(false)),
            ("hexBinaryValue", json!("0aF")),
            ("uom", json!("CEL")),
            ("exception", json!("ALARM_CONDITION")),
            ("component", json!("x")),
        ] {
            if self.once_in(4) {
                report.insert(name.to_owned(), value);
            }
        }
        for name in ["deviceID", "rawData", "bizRules", "uriValue", "microorganism"] {
            if self.once_in(4) {
                report.insert(name.to_owned(), self.uri());
            }
        }
        self.extensions(&mut report);
        let mut sensor = json!({ "sensorReport": [report] });
        if self.once_in(2) {
            let metadata = json!({ "time": self.time(), "deviceID": self.uri() });
            sensor["sensorMetadata"] = if self.once_in(3) { json!({}) } else { metadata };
        }
        if self.once_in(4) {
            sensor["type"] = json!("epcis:SensorElement");
        }
        sensor
    }

    /// An event; whether it fits the schema is for the schema to say.
    fn event(&mut self, number: usize) -> Value {
        let kind = *self.one(&[
            "ObjectEvent",
            "AggregationEvent",
            "TransactionEvent",
            "TransformationEvent",
            "AssociationEvent",
        ]);
        let mut event = Map::new();
        let mut put = |name: &str, value: Value| event.insert(name.to_owned(), value);
        put("type", kind.into());
        put("eventTime", self.time());
        put("eventTimeZoneOffset", json!(self.one(&["+08:00", "-14:00", "+00:00"])));
        // Else two of them could be one event.
        put("ex:number", number.into());
        if kind != "TransformationEvent" {
            put("action", json!(self.one(&["ADD", "OBSERVE", "DELETE"])));
        }
        let lists: &[(&str, bool)] = match kind {
            "ObjectEvent" => &[("epcList", false), ("quantityList", true)],
            "TransactionEvent" => &[("epcList", false), ("quantityList", true)],
            "TransformationEvent" => &[
                ("inputEPCList", false),
                ("inputQuantityList", true),
                ("outputEPCList", false),
                ("outputQuantityList", true),
            ],
            _ => &[("childEPCs", false), ("childQuantityList", true)],
        };
        for (name, has_amounts) in lists {
            if !self.once_in(3) {
                put(name, if *has_amounts { self.quantities() } else { self.some(IDS) });
            }
        }
        let has_parent = kind.starts_with('A') || kind == "TransactionEvent";
        if has_parent && !self.once_in(4) {
            put("parentID", self.uri());
        }
        if self.once_in(2) || kind == "TransactionEvent" {
            put(
                "bizTransactionList",
                self.typed("bizTransaction", &["po", "https://ex.example/k"]),
            );
        }
        let types = ["owning_party", "https://ex.example/k"];
        for (name, of) in [("sourceList", "source"), ("destinationList", "destination")] {
            if self.once_in(3) {
                put(name, self.typed(of, &types));
            }
        }
        let may_have =
            !matches!(kind, "AggregationEvent" | "TransactionEvent" | "AssociationEvent");
        if may_have && self.once_in(3) {
            let set = json!({ "set": ["in_transit", "https://ex.example/d"] });
            put("persistentDisposition", set);
        }
        if may_have && self.once_in(3) {
            let mut inner = Map::new();
            self.extensions(&mut inner);
            put("ilmd", inner.into());
        }
        if self.once_in(3) {
            let count = self.below(3);
            put("sensorElementList", (0..count).map(|_| self.sensor()).collect());
        }
        if self.once_in(3) {
            let mut error = json!({ "declarationTime": self.time() });
            if self.once_in(2) {
                error["reason"] = json!(self.one(&["did_not_occur", "https://ex.example/r"]));
            }
            if self.once_in(2) {
                error["correctiveEventIDs"] = self.some(IDS);
            }
            put("errorDeclaration", error);
        }
        if self.once_in(3) {
            let list = self.some(IDS);
            put("certificationInfo", if self.once_in(2) { list } else { self.uri() });
        }
        for (name, value) in [
            ("bizStep", json!(self.one(&["shipping", "https://ex.example/step"]))),
            ("disposition", json!(self.one(&["in_transit", "https://ex.example/d"]))),
            ("readPoint", self.place()),
            ("bizLocation", self.place()),
            ("eventID", json!(format!("urn:uuid:chance-{number}"))),
            ("recordTime", self.time()),
            ("transformationID", self.uri()),
        ] {
            let belongs = name != "transformationID" || kind == "TransformationEvent";
            if belongs && self.once_in(2) {
                put(name, value);
            }
        }
        self.extensions(&mut event);
        event.into()
    }
}

const IDS: &[&str] = &[
    "urn:epc:id:sgtin:4012345.011111.7",
    "https://id.gs1.org/01/04012345111118/21/7",
    "https://shop.example/01/04012345111118/21/7",
    "urn:epc:id:sscc:4012345.1111111111",
    "urn:epc:class:lgtin:4012345.011111.L%2F1",
    "https://id.gs1.org/01/04012345111118/10/L%2F1",
    "urn:epc:idpat:sgtin:4012345.011111.*",
    "https://id.gs1.org/01/04012345111117/21/7",
    "urn:epc:id:sgtin:nothing",
    "https://ex.example/things?a=b%20c#d",
    "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
    "a:b",
];

const PLACES: &[&str] = &[
    "urn:epc:id:sgln:4012345.00005.0",
    "urn:epc:id:sgln:4012345.00005.gate%2F1",
    "https://id.gs1.org/414/4012345000054",
    "https://ex.example/place",
];

const EXTENSIONS: &[&str] = &[
    "ex:a",
    "ex:b.c-d",
    "https://full.example/of/name",
    "urn:full:name",
    "other:a",
    "cbv:own",
    "ex:a/b",
];

/// A problem as EPCIS has it, or nothing.
fn wrong_problem(answer: &Answer) -> Option<String> {
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let kinds = [
        (400, "QueryParameterException"),
        (400, "ValidationException"),
        (406, "NotAcceptableException"),
        (413, "QueryTooLargeException"),
        (413, "QueryTooComplexException"),
        (414, "URITooLongException"),
    ];
    let is_one = kinds.iter().any(|(status, kind)| {
        answer.status.as_u16() == *status && problem["type"] == format!("epcisException:{kind}")
    });
    let is_whole = problem["status"] == answer.status.as_u16()
        && problem["title"].is_string()
        && answer.header("content-type") == "application/problem+json";
    (!is_one || !is_whole).then(|| format!("{} {:.500}", answer.status, answer.text()))
}

/// Captures events that were made by chance and fit the schema.
async fn captured(site: &Site, published: &Published, count: usize) -> usize {
    let fits = published.validator("EPCIS-Document-Event");
    let mut dice = Dice(7);
    let made = (0..count).map(|number| dice.event(number));
    let right: Vec<String> =
        made.filter(|event| fits.is_valid(event)).map(|event| event.to_string()).collect();
    assert!(right.len() > count / 4, "{} of {count} fit the schema", right.len());
    let context = r#"{"ex": "https://ex.example/", "other": "urn:other:"}"#;
    let text =
        document(&right).replacen("context.jsonld\"", &format!("context.jsonld\", {context}"), 1);
    let job = site.capture(text, "proceed").await;
    let done = job["zhiheng:done"].as_u64().unwrap() as usize;
    let errors = job["errors"].to_string();
    assert!(done > right.len() / 2, "{done} of {} were taken: {errors:.3000}", right.len());
    site.merged().await;
    done
}

#[test]
fn what_fits_the_schema_fits_it_when_it_is_given_out() {
    let Some(published) = published() else { return };
    on_sqlite(async |site| {
        let count = captured(site, &published, 1500).await;
        let fits = published.validator("EPCIS-Document-Event");
        let document = published.validator("epcisQueryDocument");
        for format in ["Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates"] {
            let (mut path, mut seen) = ("/epcis/events?perPage=400".to_owned(), 0);
            loop {
                let ask = site.ask(Method::GET, &path).header("gs1-epc-format", format);
                let answer = ask.send().await;
                assert_eq!(answer.status, 200, "{}", answer.text());
                let page = answer.json();
                let events = &page["epcisBody"]["queryResults"]["resultsBody"]["eventList"];
                for event in events.as_array().unwrap() {
                    let wrong = misfits(&fits, event);
                    assert!(wrong.is_empty(), "{format}: {wrong:#?}\n{event:#}");
                    seen += 1;
                }
                let wrong = misfits(&document, &page);
                assert!(wrong.is_empty(), "{format}: {wrong:#?}");
                let link = answer.header("link").to_owned();
                if link.is_empty() {
                    break;
                }
                path = link.split(['<', '>']).nth(1).unwrap().to_owned();
            }
            assert_eq!(seen, count, "{format}");
        }
    });
}

#[test]
fn no_question_makes_the_server_err() {
    let Some(published) = published() else { return };
    on_sqlite(async |site| {
        captured(site, &published, 200).await;
        let document = published.validator("epcisQueryDocument");
        let mut names = published.parameters();
        names.extend(MORE_NAMES.iter().map(|name| (*name).to_owned()));
        let link = site.get("/epcis/events?perPage=1").await.header("link").to_owned();
        let token =
            link.split("nextPageToken=").nth(1).unwrap().split('>').next().unwrap().to_owned();
        let (mut dice, mut good) = (Dice(11), 0);
        for _ in 0..3000 {
            let mut query = form_urlencoded::Serializer::new(String::new());
            for _ in 0..=dice.below(3) {
                let name = dice.one(&names).clone();
                let value = match name.as_str() {
                    "perPage" if !dice.once_in(3) => "3",
                    "nextPageToken" if dice.once_in(2) => &token,
                    _ => *dice.one(VALUES),
                };
                query.append_pair(&name, value);
            }
            let path = format!("/epcis/events?{}", query.finish());
            let mut ask = site.ask(Method::GET, &path);
            if dice.once_in(2) {
                let name = *dice.one(HEADERS);
                let value = *dice.one(HEADER_VALUES);
                assert!(HeaderValue::from_str(value).is_ok() && HeaderName::try_from(name).is_ok());
                ask = ask.header(name, value);
            }
            let answer = ask.send().await;
            let is_json = answer.header("content-type").ends_with("json");
            if answer.status == 200 && is_json {
                good += 1;
                let wrong = misfits(&document, &answer.json());
                assert!(wrong.is_empty(), "{path}: {wrong:#?}");
            } else if answer.status != 200 {
                assert_eq!(wrong_problem(&answer), None, "{path}");
            }
        }
        assert!(good > 300, "{good} of 3000 questions are right");
    });
}

#[test]
fn no_token_of_a_page_makes_the_server_err() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let Some(published) = published() else { return };
    on_sqlite(async |site| {
        captured(site, &published, 200).await;
        for order in ["", "&orderBy=eventTime", "&orderBy=ex%3Anumber", "&orderBy=recordTime"] {
            let question = format!("/epcis/events?perPage=2{order}");
            let ask = async |path: &str| {
                let ask = site.ask(Method::GET, path);
                ask.header("gs1-extensions", "ex=https://ex.example/").send().await
            };
            let link = ask(&question).await.header("link").to_owned();
            let token = link.split("nextPageToken=").nth(1).unwrap().split('>').next().unwrap();
            let bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
            // Its last eight bytes say of which question it is; whoever makes tokens can do that, too.
            for at in 0..bytes.len() - 8 {
                for byte in [0, 1, 0x7f, 0x80, 0xff] {
                    let mut bytes = bytes.clone();
                    bytes[at] = byte;
                    let token = URL_SAFE_NO_PAD.encode(bytes);
                    let answer = ask(&format!("{question}&nextPageToken={token}")).await;
                    if answer.status != 200 {
                        assert_eq!(wrong_problem(&answer), None, "{order} {at} {byte}");
                    }
                }
            }
        }
    });
}

/// Names beyond those that are fixed: patterns, other spellings, and what is none.
const MORE_NAMES: &[&str] = &[
    "perPage",
    "perPage",
    "nextPageToken",
    "GE_errorDeclaration_Time",
    "EQ_source_owning_party",
    "EQ_destination_owning_party",
    "EQ_bizTransaction_po",
    "EQ_ex:number",
    "GE_ex:number",
    "EQ_ILMD_ex:a",
    "EXISTS_ex:a",
    "EQ_INNER_ex:a",
    "HASATTR_ex:a",
    "EQATTR_ex:a_ex:b",
    "GE_value_CEL",
    "EQ_value_Temperature",
    "LT_minValue_KEL",
    "EQ_SENSORREPORT_ex:a",
    "EQ_type",
    "EQ_",
    "_",
    "",
    "GE_",
    "EQ_none:a",
    "EQ_%",
    "\u{0}",
    "EQ_quantity_KGM",
];

const VALUES: &[&str] = &[
    "",
    "|",
    "a|",
    "||a",
    "0",
    "1",
    "-1",
    "1e400",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775807",
    "99999999999999999999999",
    "0.1",
    "true",
    "false",
    "ADD",
    "ADD|OBSERVE",
    "ObjectEvent",
    "ObjectEvent|Nothing",
    "shipping",
    "https://ex.example/step",
    "2024-03-01T08:00:00Z",
    "2024-03-01T08:00:00 08:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "yesterday",
    "urn:epc:id:sgtin:4012345.011111.7",
    "urn:epc:idpat:sgtin:4012345.011111.*",
    "urn:epc:idpat:sgtin:4012345.*.*",
    "urn:epc:idpat:sgtin:*.*.*",
    "urn:epc:idpat:",
    "urn:epc:id:sgtin:",
    "https://id.gs1.org/01/04012345111118/21/7",
    "https://id.gs1.org/414/4012345000054",
    "urn:epc:id:sgln:4012345.00005.0",
    "a:b",
    ":",
    "\u{0}",
    "\u{0}|\u{0}",
    "中文",
    "\u{1f600}",
    "%",
    "'",
    "eventTime",
    "recordTime",
    "ex:number",
    "readPoint",
    "ASC",
    "DESC",
    "ff",
    "did_not_occur",
    "x_y",
];

const HEADERS: &[&str] = &[
    "accept",
    "gs1-epcis-min",
    "gs1-epcis-max",
    "gs1-cbv-min",
    "gs1-cbv-max",
    "gs1-epc-format",
    "gs1-cbv-xml-format",
    "gs1-extensions",
    "accept-language",
    "gs1-epcis-version",
];

const HEADER_VALUES: &[&str] = &[
    "",
    "*/*",
    "application/xml",
    "application/json;q=0.1, text/xml",
    "text/csv",
    "a/b;q=nothing",
    ",",
    ";",
    "2.0.0",
    "1.2",
    "2",
    "9",
    "a.b",
    "99999999999999999999",
    "-1",
    "2.0.0.0.0",
    "Always_EPC_URN",
    "No_Preference",
    "Never_Translates",
    "Always_Web_URI",
    "ex=https://ex.example/",
    "ex=",
    "=",
    "ex",
    "ex=https://a/,ex=https://b/",
    "\u{7a}h",
];

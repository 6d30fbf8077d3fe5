//! Words of the Core Business Vocabulary (CBV 2.0, section 7) in their three spellings.

const CBV: &str = "https://ref.gs1.org/cbv/";
const URN: &str = "urn:epcglobal:cbv:";
const VOC: &str = "https://gs1.org/voc/";

/// A list of the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Business steps 业务步骤.
    BizStep,
    /// Dispositions 状态.
    Disposition,
    /// Types of business transactions 业务单证类型.
    BizTransaction,
    /// Types of sources and destinations 来源与去向类型.
    SourceDestination,
    /// Reasons of error declarations 更正原因.
    ErrorReason,
    /// Components of a measured quantity 分量.
    Component,
    /// What a sensor measures 测量类型.
    Measurement,
    /// What a sensor warns of 报警类型.
    Alert,
}

impl List {
    /// Web prefix, URN prefix, name for faults, words.
    fn parts(self) -> (&'static str, &'static str, &'static str, &'static [&'static str]) {
        match self {
            Self::BizStep => ("BizStep-", "bizstep:", "bizStep", BIZ_STEPS),
            Self::Disposition => ("Disp-", "disp:", "disposition", DISPOSITIONS),
            Self::BizTransaction => ("BTT-", "btt:", "bizTransaction type", BIZ_TRANSACTIONS),
            Self::SourceDestination => ("SDT-", "sdt:", "source or destination type", SOURCES),
            Self::ErrorReason => ("ER-", "er:", "error reason", ERRORS),
            Self::Component => ("Comp-", "comp:", "component", COMPONENTS),
            Self::Measurement => ("", "", "measurement type", MEASUREMENTS),
            Self::Alert => ("", "", "sensor alert type", ALERTS),
        }
    }

    fn is_voc(self) -> bool {
        matches!(self, Self::Measurement | Self::Alert)
    }

    /// The name of the list in faults.
    pub(crate) fn name(self) -> &'static str {
        self.parts().2
    }

    /// All words of the list, bare.
    pub fn words(self) -> &'static [&'static str] {
        self.parts().3
    }

    /// The one form of a word: its web address, whether it was written bare, as a URN, with the
    /// prefix `cbv:` or `gs1:`, or as its address. Another URI or prefixed name stays as it is.
    ///
    /// `None` for a word that the list does not have, and for text that is no word and no URI.
    ///
    /// ```
    /// use epcis::List;
    /// let one = Some("https://ref.gs1.org/cbv/BizStep-shipping".to_owned());
    /// assert_eq!(List::BizStep.canonical("shipping"), one);
    /// assert_eq!(List::BizStep.canonical("urn:epcglobal:cbv:bizstep:shipping"), one);
    /// assert_eq!(List::BizStep.canonical("cbv:BizStep-shipping"), one);
    /// assert_eq!(List::BizStep.canonical("transforming"), None);
    /// assert_eq!(List::BizStep.canonical("https://own.example/step/x").unwrap(), "https://own.example/step/x");
    /// ```
    pub fn canonical(self, text: &str) -> Option<String> {
        let text = text.trim();
        let (web, urn, _, words) = self.parts();
        if self.is_voc() {
            // The web vocabulary grows between editions: any name may be one of its words.
            if let Some(word) = bare_voc(text) {
                let is_name = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
                return word.bytes().all(is_name).then(|| format!("{VOC}{word}"));
            }
        } else {
            let word = if let Some(rest) = text.strip_prefix(URN).and_then(|t| t.strip_prefix(urn))
            {
                Some(rest)
            } else {
                let rest = text.strip_prefix(CBV).or_else(|| text.strip_prefix("cbv:"));
                rest.and_then(|t| t.strip_prefix(web)).or((!text.contains(':')).then_some(text))
            };
            if let Some(word) = word {
                return words.contains(&word).then(|| format!("{CBV}{web}{word}"));
            }
        }
        is_uri(text).then(|| text.to_owned())
    }

    /// The bare word, for JSON with the EPCIS context; another URI as it is.
    pub fn bare(self, canonical: &str) -> &str {
        if self.is_voc() {
            return canonical
                .strip_prefix(VOC)
                .filter(|word| self.words().contains(word))
                .unwrap_or(canonical);
        }
        let rest = canonical.strip_prefix(CBV).and_then(|t| t.strip_prefix(self.parts().0));
        rest.unwrap_or(canonical)
    }

    /// As XML writes it: a URN of CBV, `gs1:` or `cbv:` where there is none; another URI as it is.
    pub fn in_xml(self, canonical: &str) -> String {
        if self.is_voc() {
            return match canonical.strip_prefix(VOC) {
                Some(word) => format!("gs1:{word}"),
                None => canonical.to_owned(),
            };
        }
        match canonical.strip_prefix(CBV).and_then(|t| t.strip_prefix(self.parts().0)) {
            Some(word) if self == Self::Component => format!("cbv:Comp-{word}"),
            Some(word) => format!("{URN}{}{word}", self.parts().1),
            None => canonical.to_owned(),
        }
    }
}

fn bare_voc(text: &str) -> Option<&str> {
    let written = [VOC, "https://ref.gs1.org/voc/", "gs1:"];
    let found = written.iter().find_map(|prefix| text.strip_prefix(prefix));
    found.or((!text.contains(':')).then_some(text)).filter(|word| !word.is_empty())
}

/// The canonical form of a word of any list with a prefix; other text as it is. For values of
/// extensions, of which nobody says which list they take.
pub(crate) fn canonical_any(text: &str) -> Option<String> {
    if !text.starts_with(URN) && !text.starts_with("cbv:") {
        return None;
    }
    [
        List::BizStep,
        List::Disposition,
        List::BizTransaction,
        List::SourceDestination,
        List::ErrorReason,
        List::Component,
    ]
    .iter()
    .find(|list| {
        let (web, urn, ..) = list.parts();
        text.strip_prefix(URN).is_some_and(|t| t.starts_with(urn))
            || text.strip_prefix("cbv:").is_some_and(|t| t.starts_with(web))
    })
    .and_then(|list| list.canonical(text))
}

/// The most bytes of a URI. The standard has no limit; what names a thing, a place or a step is short.
const LONGEST_URI: usize = 2000;

/// Whether the text has a scheme or prefix, and neither blanks nor control characters.
pub(crate) fn is_uri(text: &str) -> bool {
    if text.len() > LONGEST_URI {
        return false;
    }
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut letters = scheme.bytes();
    letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        && letters.all(|b| b.is_ascii_alphanumeric() || b"+.-_".contains(&b))
        && !rest.is_empty()
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[rustfmt::skip]
const BIZ_STEPS: &[&str] = &[
    "accepting", "arriving", "assembling", "collecting", "commissioning", "consigning",
    "creating_class_instance", "cycle_counting", "decommissioning", "departing", "destroying",
    "disassembling", "dispensing", "encoding", "entering_exiting", "holding", "inspecting",
    "installing", "killing", "loading", "other", "packing", "picking", "receiving", "removing",
    "repackaging", "repairing", "replacing", "reserving", "retail_selling", "shipping",
    "staging_outbound", "stock_taking", "stocking", "storing", "transporting", "unloading",
    "unpacking", "void_shipping", "sensor_reporting", "sampling",
];

#[rustfmt::skip]
const DISPOSITIONS: &[&str] = &[
    "active", "container_closed", "damaged", "destroyed", "dispensed", "disposed", "encoded",
    "expired", "in_progress", "in_transit", "inactive", "no_pedigree_match", "non_sellable_other",
    "partially_dispensed", "recalled", "reserved", "retail_sold", "returned",
    "sellable_accessible", "sellable_not_accessible", "stolen", "unknown", "available",
    "completeness_verified", "completeness_inferred", "conformant", "container_open",
    "mismatch_instance", "mismatch_class", "mismatch_quantity", "needs_replacement",
    "non_conformant", "unavailable",
];

#[rustfmt::skip]
const BIZ_TRANSACTIONS: &[&str] = &[
    "bol", "cert", "desadv", "inv", "pedigree", "po", "poc", "prodorder", "recadv", "rma",
    "testprd", "testres", "upevt",
];

/// The last is of none of the schemas; converters in use know it.
#[rustfmt::skip]
const SOURCES: &[&str] = &[
    "owning_party", "possessing_party", "location", "processing_party",
];

/// The last is missing in the JSON schema of 2.0, not in the vocabulary.
#[rustfmt::skip]
const ERRORS: &[&str] = &[
    "did_not_occur", "incorrect_data", "other",
];

#[rustfmt::skip]
const COMPONENTS: &[&str] = &[
    "x", "y", "z", "axial_distance", "azimuth", "height", "spherical_radius", "polar_angle",
    "elevation_angle", "easting", "northing", "latitude", "longitude", "altitude",
];

#[rustfmt::skip]
const MEASUREMENTS: &[&str] = &[
    "AbsoluteHumidity", "AbsorbedDose", "AbsorbedDoseRate", "Acceleration", "Radioactivity",
    "Altitude", "AmountOfSubstance", "AmountOfSubstancePerUnitVolume", "Angle",
    "AngularAcceleration", "AngularMomentum", "AngularVelocity", "Area", "Capacitance",
    "Conductance", "Conductivity", "Count", "Density", "Dimensionless", "DoseEquivalent",
    "DoseEquivalentRate", "DynamicViscosity", "ElectricCharge", "ElectricCurrent",
    "ElectricCurrentDensity", "ElectricFieldStrength", "Energy", "Exposure", "Force", "Frequency",
    "Illuminance", "Inductance", "Irradiance", "KinematicViscosity", "Length", "LinearMomentum",
    "Luminance", "LuminousFlux", "LuminousIntensity", "MagneticFlux", "MagneticFluxDensity",
    "MagneticVectorPotential", "Mass", "MassConcentration", "MassFlowRate", "MassPerAreaTime",
    "MemoryCapacity", "MolalityOfSolute", "MolarEnergy", "MolarMass", "MolarVolume", "Power",
    "Pressure", "RadiantFlux", "RadiantIntensity", "RelativeHumidity", "Resistance",
    "Resistivity", "SolidAngle", "SpecificVolume", "Speed", "SurfaceDensity", "SurfaceTension",
    "Temperature", "Time", "Torque", "Voltage", "Volume", "VolumeFlowRate", "VolumeFraction",
    "VolumetricFlux", "Wavenumber",
];

#[rustfmt::skip]
const ALERTS: &[&str] = &[
    "ALARM_CONDITION", "ERROR_CONDITION",
];

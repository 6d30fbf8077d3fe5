//! The door by itself: what it allows is what one grant allows, and no more.

use std::sync::{Arc, OnceLock};

use app::door::{Decision, Missing, Target, decide};
use app::people::grant::{Absence, Grant};
use app::people::{Directory, Held, Territory};
use clock::Date;
use pack::{HeldIn, Pack, Reach, Scope};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::support::*;
use crate::support::*;

const ME: &str = "me";

fn a_day() -> Date {
    "2026-11-27".parse().unwrap()
}

fn territory(pack: &Pack) -> Arc<Territory> {
    static HUBEI: OnceLock<Arc<Territory>> = OnceLock::new();
    match std::ptr::eq(pack, &*crate::support::pack()) {
        true => Arc::clone(HUBEI.get_or_init(|| Arc::new(Territory::of(pack, a_day())))),
        false => Arc::new(Territory::of(pack, a_day())),
    }
}

fn grant(role: &str, held_in: Option<&str>) -> Grant {
    Grant {
        id: new_id(),
        account: ME.to_owned(),
        role: role.to_owned(),
        held_in: held_in.map(str::to_owned),
        from: "2020-01-01".parse().unwrap(),
        until: None,
        ended: false,
        reason: String::new(),
        given_by: "another".to_owned(),
    }
}

fn held(pack: &Pack, grants: &[Grant]) -> Held {
    let directory = Directory::of(grants.iter().cloned(), []);
    Held::of(pack, &directory, ME, &territory(pack))
}

/// What somebody may ask of the door.
#[derive(Debug, Clone)]
struct Question {
    permission: String,
    kind: String,
    office: Option<String>,
    region: Option<String>,
    organization: Option<String>,
    acting_for: String,
}

impl Question {
    fn target(&self) -> Target<'_> {
        Target {
            kind: Some(&self.kind),
            office: self.office.as_deref(),
            region: self.region.as_deref(),
            organization: self.organization.as_deref(),
            ..Target::default()
        }
    }
}

fn offices() -> Vec<String> {
    pack().offices().map(|office| office.id.clone()).collect()
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let roles: Vec<pack::Role> = pack().roles().cloned().collect();
    let one =
        (select(roles), select(offices()), any::<bool>()).prop_map(|(role, office, other)| {
            let organization = if other { MAKER } else { OTHER };
            let held_in = match role.held_in {
                HeldIn::Office => Some(office.as_str()),
                HeldIn::Organization => Some(organization),
                HeldIn::Person | HeldIn::System => None,
            };
            grant(&role.id, held_in)
        });
    prop::collection::vec(one, 0..5)
}

fn questions() -> impl Strategy<Value = Question> {
    let permissions: Vec<String> = pack().permissions().map(|p| p.id.clone()).collect();
    let kinds: Vec<String> = pack().kinds().map(|kind| kind.id.clone()).collect();
    let divisions = pack().tables().divisions.all().map(|d| d.code.clone()).collect::<Vec<_>>();
    let organization = select(vec![MAKER.to_owned(), OTHER.to_owned()]);
    (
        select(permissions),
        select(kinds),
        prop::option::of(select(offices())),
        prop::option::of(select(divisions)),
        prop::option::of(organization.clone()),
        prop_oneof![select(offices()), organization],
    )
        .prop_map(|(permission, kind, office, region, organization, acting_for)| Question {
            permission,
            kind,
            office,
            region,
            organization,
            acting_for,
        })
}

fn allows(held: &Held, question: &Question) -> bool {
    decide(held, &question.acting_for, &question.permission, &question.target()).is_allowed()
}

/// The same decision, spelt out slowly from the pack itself, for one grant and what is in force.
fn slowly(pack: &Pack, grant: &Grant, question: &Question) -> bool {
    let role = pack.role(&grant.role).unwrap();
    let permission = pack.permissions().find(|p| p.id == question.permission).unwrap();
    if !role.grants.contains(&permission.id) {
        return false;
    }
    let scope = match permission.reach {
        Reach::System => return true,
        Reach::Capture => role.capture,
        Reach::View => role.view,
        Reach::Search => role.search,
    };
    let place = grant.held_in.as_deref().unwrap_or(match role.held_in {
        HeldIn::System => "system",
        _ => ME,
    });
    let writes = permission.reach == Reach::Capture;
    if scope == Scope::None || writes && place != question.acting_for {
        return false;
    }
    let asks_for_any =
        question.office.is_none() && question.region.is_none() && question.organization.is_none();
    match role.held_in {
        HeldIn::System => false,
        HeldIn::Person => asks_for_any,
        HeldIn::Organization => asks_for_any || question.organization.as_deref() == Some(place),
        HeldIn::Office if asks_for_any || scope == Scope::Province => true,
        HeldIn::Office => {
            let on = a_day();
            let owned = match &question.office {
                None => false,
                Some(office) => {
                    let below = scope == Scope::OwnBelow && pack.is_below(office, place, on);
                    if office != place && !below {
                        return false;
                    }
                    true
                }
            };
            if owned && !writes {
                return true;
            }
            let power = pack.jurisdiction(place).unwrap();
            match &question.region {
                Some(region) => power.covers(region, None, &question.kind, on),
                None => {
                    // Only the kind is asked about: any region of the office does.
                    let mut any = pack.tables().divisions.all();
                    owned && any.any(|d| power.covers(&d.code, None, &question.kind, on))
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn roles_are_never_put_together(grants in grants(), questions in prop::collection::vec(questions(), 64)) {
        let pack = pack();
        let all = held(&pack, &grants);
        let each: Vec<Held> = grants.iter().map(|g| held(&pack, std::slice::from_ref(g))).collect();
        for question in &questions {
            let by_one = each.iter().any(|one| allows(one, question));
            prop_assert_eq!(allows(&all, question), by_one, "{:?}", question);
        }
    }

    #[test]
    fn fewer_grants_never_allow_more(
        grants in grants(),
        left_out in any::<Index>(),
        questions in prop::collection::vec(questions(), 64),
    ) {
        prop_assume!(!grants.is_empty());
        let pack = pack();
        let all = held(&pack, &grants);
        let mut fewer = grants.clone();
        fewer.remove(left_out.index(grants.len()));
        let fewer = held(&pack, &fewer);
        for question in questions.iter().filter(|question| allows(&fewer, question)) {
            prop_assert!(allows(&all, question), "{:?}", question);
        }
    }

    #[test]
    fn it_says_what_the_pack_says(
        grants in grants(),
        mut questions in prop::collection::vec(questions(), 64),
    ) {
        let pack = pack();
        let divisions = &pack.tables().divisions;
        questions.retain(|q| q.region.as_ref().is_none_or(|r| divisions.get(r, a_day()).is_some()));
        for grant in &grants {
            // Each question also where the grant is held, which chance seldom asks.
            let at = |question: &Question| Question {
                office: grant.held_in.clone().filter(|_| question.office.is_some()),
                acting_for: grant.held_in.clone().unwrap_or_else(|| ME.to_owned()),
                ..question.clone()
            };
            let near: Vec<Question> = questions.iter().map(at).collect();
            let held = held(&pack, std::slice::from_ref(grant));
            for question in questions.iter().chain(&near) {
                let said = allows(&held, question);
                prop_assert_eq!(said, slowly(&pack, grant, question), "{:?} {:?}", grant, question);
            }
        }
    }
}

/// The pack with the county officers' scopes changed.
fn with_view(scope: &str) -> Pack {
    let mut files = testkit::hubei_pack();
    let (_, roles) = files.iter_mut().find(|(path, _)| path == "roles.toml").unwrap();
    let text = String::from_utf8(roles.clone()).unwrap();
    let at = text.find("id = \"city-officer\"").unwrap();
    let (before, rest) = text.split_at(at);
    let rest = rest.replacen("view = \"own+below\"", &format!("view = \"{scope}\""), 1);
    *roles = format!("{before}{rest}").into_bytes();
    Pack::load(files).unwrap()
}

#[test]
fn a_narrower_scope_never_shows_more() {
    let packs = ["none", "own", "own+below", "province"].map(with_view);
    let held: Vec<Held> =
        packs.iter().map(|p| held(p, &[grant("city-officer", Some(WUHAN))])).collect();
    let mut allowed = [0; 4];
    for office in offices() {
        for region in ["420106", "420502", "none"] {
            let target = Target {
                kind: Some("inspection"),
                office: Some(&office),
                region: Some(region),
                ..Target::default()
            };
            let says: Vec<bool> = held
                .iter()
                .map(|held| decide(held, WUHAN, "archive.view", &target).is_allowed())
                .collect();
            assert!(says.windows(2).all(|pair| pair[0] <= pair[1]), "{office} {region} {says:?}");
            says.iter().zip(&mut allowed).for_each(|(said, count)| *count += usize::from(*said));
        }
    }
    // Wuhan alone; with its 13 counties and a station; everybody.
    assert_eq!(allowed, [0, 3, 3 * 15, 3 * offices().len()]);
}

#[test]
fn a_grant_holds_on_its_days_and_the_last_one_is_one_of_them() {
    let pack = pack();
    let mut given = grant("county-officer", Some(WUCHANG));
    let on = |grant: &Grant, day: &str| {
        let day: Date = day.parse().unwrap();
        let directory = Directory::of([grant.clone()], []);
        Held::of(&pack, &directory, ME, &Arc::new(Territory::of(&pack, day))).holdings().len()
    };
    given.from = "2026-11-20".parse().unwrap();
    given.until = Some("2026-11-27".parse().unwrap());
    let days = ["2026-11-19", "2026-11-20", "2026-11-27", "2026-11-28"];
    assert_eq!(days.map(|day| on(&given, day)), [0, 1, 1, 0]);
    given.ended = true;
    assert_eq!(days.map(|day| on(&given, day)), [0; 4]);
}

#[test]
fn whoever_is_away_may_nothing_and_who_stands_in_hands_nothing_on() {
    let pack = pack();
    let away = |account: &str, delegate: Option<&str>| Absence {
        id: new_id(),
        account: account.to_owned(),
        from: a_day(),
        until: a_day(),
        ended: false,
        delegate: delegate.map(str::to_owned),
        reason: String::new(),
    };
    let of = |account: &str, grants: &[Grant], absences: &[Absence]| {
        let directory = Directory::of(grants.iter().cloned(), absences.iter().cloned());
        Held::of(&pack, &directory, account, &territory(&pack))
    };
    let head = grant("head", Some(WUCHANG));
    let decides = |held: &Held| {
        let target = Target {
            office: Some(WUCHANG),
            region: Some(WUCHANG),
            kind: Some("penalty"),
            ..Target::default()
        };
        decide(held, WUCHANG, "penalty.decide", &target).is_allowed()
    };
    let grants = [head];
    assert!(decides(&of(ME, &grants, &[])));
    let leave = [away(ME, Some("deputy"))];
    assert!(!decides(&of(ME, &grants, &leave)));
    let deputy = of("deputy", &grants, &leave);
    assert!(decides(&deputy));
    assert_eq!(deputy.holdings()[0].acting_for.as_deref(), Some(ME));
    // The deputy is away too: nobody decides, and who stands in for the deputy least of all.
    let both = [away(ME, Some("deputy")), away("deputy", Some("third"))];
    for account in [ME, "deputy", "third"] {
        assert!(!decides(&of(account, &grants, &both)), "{account}");
    }
    // Nobody stands in for an administrator.
    let keeper = [grant("system-administrator", None)];
    assert_eq!(of("deputy", &keeper, &leave).holdings().len(), 0);
}

#[test]
fn what_is_missing_is_said_as_near_as_can_be() {
    let pack = pack();
    let county = held(&pack, &[grant("county-officer", Some(WUCHANG))]);
    let station = held(&pack, &[grant("station-officer", Some("420106-01"))]);
    let ask = |held: &Held, acting, permission, office, region, kind| {
        let target = Target { office, region, kind, ..Target::default() };
        decide(held, acting, permission, &target)
    };
    let here = (Some(WUCHANG), Some(WUCHANG), Some("inspection"));
    let said = ask(&county, WUCHANG, "inspection.record", here.0, here.1, here.2);
    assert_eq!(said, Decision::Allowed(0));
    let cases = [
        (ask(&county, WUCHANG, "inspection.order", here.0, here.1, here.2), Missing::Permission),
        (ask(&county, WUHAN, "inspection.record", here.0, here.1, here.2), Missing::Acting),
        (ask(&county, WUCHANG, "inspection.record", Some(XILING), here.1, here.2), Missing::Office),
        (ask(&county, WUCHANG, "inspection.record", here.0, Some(XILING), here.2), Missing::Region),
        (
            ask(&station, "420106-01", "clue.report", Some("420106-01"), here.1, Some("honour")),
            Missing::Kind,
        ),
        (ask(&county, WUCHANG, "no.such", None, None, None), Missing::Permission),
    ];
    for (said, missing) in cases {
        assert_eq!(said, Decision::Denied(missing));
    }
    let analyst = held(&pack, &[grant("legal-reviewer", Some(WUHAN))]);
    let said = ask(&analyst, WUHAN, "penalty.review", Some(WUCHANG), None, None);
    assert!(said.is_allowed());
}

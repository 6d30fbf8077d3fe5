//! EPCIS 2.0 over HTTP (section 12 of the standard): capture, events, queries.
//!
//! | file | what |
//! |---|---|
//! | `capture` | documents of events in, and what became of them |
//! | `events` | one event in; events out |
//! | `resources` | the lists of what events speak of |
//! | `queries` | named questions and subscriptions |
//! | `deliver`, `subscribers` | subscribers are told; who they are, and how far each is |
//! | `post`, `tls` | what is told on its way to an address |
//! | `socket` | who is told over a connection |
//! | `negotiate` | versions, notations, spellings: what a client asks for and is told |
//! | `document` | events written as a query document |
//! | `token` | places between two pages |
//! | `problem` | what is wrong, in the types of EPCIS |

mod capture;
mod deliver;
mod document;
mod events;
mod negotiate;
mod post;
pub mod problem;
mod queries;
mod resources;
mod socket;
mod subscribers;
mod tls;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{MethodRouter, get};

pub use self::deliver::{Deliveries, start};
use self::negotiate::{Discovery, discover};
pub(crate) use self::post::{letter, may_be_told};
pub use self::socket::Patience;
pub use self::tls::Trust;
pub use self::token::Invalidated;
use crate::problem::Problem;
use crate::site::Site;

/// The head of all its paths.
pub const ROOT: &str = "/epcis";

/// The handlers of a path.
type Way = MethodRouter<Arc<Site>>;

/// All routes.
pub fn routes() -> Router<Arc<Site>> {
    let mut router = Router::new()
        .route(ROOT, get(resources::root).options(readable))
        .route(
            "/epcis/capture",
            get(capture::list).post(capture::receive).options(capture::options),
        )
        .route("/epcis/capture/{id}", get(capture::job).options(readable))
        .route("/epcis/events", get(events::list).post(events::receive).options(postable))
        .route("/epcis/events/{id}", get(events::one).options(readable))
        .route("/epcis/eventTypes", get(resources::event_types).options(readable))
        .route("/epcis/epcs", get(resources::epcs).options(readable))
        .route("/epcis/queries", get(queries::list).post(queries::create).options(queries::options))
        .route(
            "/epcis/queries/{name}",
            get(queries::one).delete(queries::remove).options(queries::options),
        )
        .route("/epcis/queries/{name}/events", get(queries::events).options(readable))
        .route(
            "/epcis/queries/{name}/subscriptions",
            get(queries::subscriptions).post(queries::subscribe).options(queries::options),
        )
        .route(
            "/epcis/queries/{name}/subscriptions/{id}",
            get(queries::subscription).delete(queries::unsubscribe).options(queries::options),
        )
        .route(
            "/epcis/nextPageToken/{token}",
            axum::routing::delete(token::invalidate).options(readable),
        );
    for (path, values) in [
        ("/epcis/bizSteps", get(resources::biz_steps)),
        ("/epcis/dispositions", get(resources::dispositions)),
        ("/epcis/readPoints", get(resources::read_points)),
        ("/epcis/bizLocations", get(resources::biz_locations)),
    ] {
        router = router.route(path, values.options(readable));
    }
    let of_one: [(&str, Way, Way); 6] = [
        ("eventTypes", get(resources::event_type), get(resources::events_of_type)),
        ("epcs", get(resources::epc), get(resources::events_of_epc)),
        ("bizSteps", get(resources::biz_step), get(resources::events_of_step)),
        ("dispositions", get(resources::disposition), get(resources::events_of_disposition)),
        ("readPoints", get(resources::read_point), get(resources::events_of_read_point)),
        ("bizLocations", get(resources::biz_location), get(resources::events_of_location)),
    ];
    for (name, one, events) in of_one {
        router = router
            .route(&format!("/epcis/{name}/{{id}}"), one.options(readable))
            .route(&format!("/epcis/{name}/{{id}}/events"), events.options(readable));
    }
    router
}

/// What may be done with a resource that is read.
async fn readable(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    discover(&site, &request, Discovery { allow: "OPTIONS, GET", ..Discovery::default() }).await
}

/// What may be done with one that is also posted to.
async fn postable(State(site): State<Arc<Site>>, request: Parts) -> Result<Response, Problem> {
    discover(&site, &request, Discovery { allow: "OPTIONS, GET, POST", ..Discovery::default() })
        .await
}

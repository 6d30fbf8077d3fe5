//! Receivers over HTTPS, vouched for by an authority that is made here.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use web::{Setting, Trust};

use super::subscriptions::{Receiver, SECRET, named};
use super::support::{event, served};
use crate::site::on_both;

/// An authority, in PEM, and what a server shows whom it vouches for under a name.
fn authority(name: &str) -> (String, Arc<ServerConfig>) {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (authority.pem(), Arc::new(config))
}

/// A receiver that speaks TLS, and its port.
async fn receiver(config: Arc<ServerConfig>) -> (Receiver, u16) {
    let receiver = Receiver::default();
    let router = receiver.router();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, router) = (TlsAcceptor::from(Arc::clone(&config)), router.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = hyper_util::service::TowerToHyperService::new(router);
                let stream = hyper_util::rt::TokioIo::new(stream);
                let serving = hyper::server::conn::http1::Builder::new();
                let _ = serving.serve_connection(stream, service).await;
            });
        }
    });
    (receiver, port)
}

#[test]
fn a_receiver_is_told_over_https_where_somebody_who_is_trusted_vouches_for_it() {
    on_both(async |site| {
        let (pem, config) = authority("localhost");
        let file = site.system.data().join("authorities.pem");
        std::fs::write(&file, pem).unwrap();
        let trust = Trust::with_authorities(&file).unwrap();
        let (trusted, port) = receiver(config).await;
        // Of the same name, but nobody who is trusted vouches for it.
        let (stranger, strange_port) = receiver(authority("localhost").1).await;
        named(site, "all", json!({})).await;
        for (host, port) in [("localhost", port), ("localhost", strange_port), ("127.0.0.1", port)]
        {
            let dest = format!("https://{host}:{port}/told");
            let terms = json!({ "dest": dest, "signatureToken": SECRET, "stream": true });
            let made = site.post("/epcis/queries/all/subscriptions", &terms).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        }
        served(site, Setting { trust, ..Setting::default() }, async |_| {
            for number in 0..3 {
                assert_eq!(site.post_event(&event(number)).await.status, StatusCode::CREATED);
            }
            let wanted = ["urn:uuid:e-0", "urn:uuid:e-1", "urn:uuid:e-2"];
            assert_eq!(trusted.told(3).await, wanted);
            tokio::time::sleep(Duration::from_millis(700)).await;
            // Nor was it told under the name that it cannot prove to have.
            assert_eq!(trusted.told(0).await.len(), 3);
            assert!(stranger.told(0).await.is_empty());
        })
        .await;
    });
}

#[test]
fn a_file_without_authorities_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.pem");
    for text in ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        std::fs::write(&file, text).unwrap();
        let error = Trust::with_authorities(&file).err().unwrap().to_string();
        assert!(error.contains("none.pem") && error.contains("PEM"), "{error}");
    }
    assert!(Trust::with_authorities(&folder.path().join("missing.pem")).is_err());
}

//! Whom this program trusts as a client of HTTPS.

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// The authorities whose certificates are trusted: those of the machine, and an office's own.
#[derive(Default)]
pub struct Trust {
    own: Vec<CertificateDer<'static>>,
    // The machine's are read when they are first needed: most installations tell nobody.
    connector: OnceLock<TlsConnector>,
}

impl Trust {
    /// With the authorities of a file beside those of the machine: certificates in PEM.
    ///
    /// # Errors
    /// The file cannot be read, or holds no certificate of an authority.
    pub fn with_authorities(file: &Path) -> io::Result<Self> {
        let wrong = |what: String| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{}: {what}; give certificates of authorities in PEM", file.display()),
            )
        };
        let own = CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| wrong(error.to_string()))?;
        if own.is_empty() {
            return Err(wrong("there is no certificate in it".to_owned()));
        }
        let mut roots = RootCertStore::empty();
        for certificate in &own {
            roots.add(certificate.clone()).map_err(|error| wrong(error.to_string()))?;
        }
        Ok(Self { own, connector: OnceLock::new() })
    }

    /// Speaks TLS over a connection, with whoever proves to have the name.
    ///
    /// # Errors
    /// The name is none; who answers does not prove to have it.
    pub(super) async fn secured<S>(&self, host: &str, stream: S) -> Result<TlsStream<S>, String>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
        let connector = match self.connector.get() {
            Some(connector) => connector.clone(),
            None => {
                let own = self.own.clone();
                let made = tokio::task::spawn_blocking(move || connector(own)).await;
                let made = made.map_err(|error| error.to_string())??;
                self.connector.get_or_init(|| made).clone()
            }
        };
        connector.connect(name, stream).await.map_err(|error| error.to_string())
    }
}

fn connector(own: Vec<CertificateDer<'static>>) -> Result<TlsConnector, String> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate of an authority that this machine trusts");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs.into_iter().chain(own));
    if roots.is_empty() {
        return Err("this machine trusts no authority; install its certificates, or name a file of your own (--trust)".to_owned());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

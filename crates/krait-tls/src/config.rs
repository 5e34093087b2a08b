//! From a context's settings to rustls's configuration of one connection.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ProducesTickets, ResolvesServerCert, StoresServerSessions};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName,
    Error, KeyLog, OtherError, ServerConfig, SignatureScheme, SupportedProtocolVersion,
};

use crate::cert::Certificate;
use crate::session::Places;
use crate::store::Store;
use crate::suites::{self, Suite};
use crate::verify::{self, Failure, Host, Policy, Purpose};

/// Whether the peer must show a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    None,
    Optional,
    Required,
}

/// What a context is set to.
#[derive(Clone)]
pub struct Settings {
    pub versions: Vec<&'static SupportedProtocolVersion>,
    pub suites: Vec<&'static Suite>,
    /// Names of the groups for the key exchange; all where it is empty.
    pub groups: Vec<rustls::NamedGroup>,
    pub alpn: Vec<Vec<u8>>,
    /// Chains with their keys; one for each kind of key.
    pub identities: Vec<Arc<CertifiedKey>>,
    pub mode: Mode,
    pub store: Arc<Store>,
    pub flags: u64,
    pub host_flags: u32,
    pub key_log: Option<Arc<dyn KeyLog>>,
    pub tickets: usize,
    pub server_order: bool,
    pub sessions: Arc<dyn StoresServerSessions>,
    pub ticketer: Option<Arc<dyn ProducesTickets>>,
}

/// What became of the verification of a peer.
#[derive(Debug, Default)]
pub struct Verdict {
    pub failure: Option<Failure>,
    pub chain: Option<Vec<Arc<Certificate>>>,
}

pub type SharedVerdict = Arc<Mutex<Verdict>>;

#[derive(Debug)]
pub(crate) struct Verifier {
    store: Arc<Store>,
    mode: Mode,
    policy: Policy,
    verdict: SharedVerdict,
}

/// The error of a chain that is not accepted; the number is in the verdict.
fn refusal(failure: Failure) -> Error {
    Error::InvalidCertificate(match failure.0 {
        9 => CertificateError::NotValidYet,
        10 => CertificateError::Expired,
        2 | 18 | 19 | 20 => CertificateError::UnknownIssuer,
        23 => CertificateError::Revoked,
        7 => CertificateError::BadSignature,
        26 => CertificateError::InvalidPurpose,
        62 | 64 => CertificateError::NotValidForName,
        _ => CertificateError::Other(OtherError(Arc::new(std::io::Error::other(verify::text(
            failure.0,
        ))))),
    })
}

impl Verifier {
    fn check(&self, leaf: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> Result<(), Error> {
        if self.mode == Mode::None {
            return Ok(());
        }
        let parse = |der: &CertificateDer<'_>| Certificate::parse(der).map(Arc::new);
        let bad = Error::InvalidCertificate(CertificateError::BadEncoding);
        let leaf = parse(leaf).ok_or(bad)?;
        let others: Vec<_> = others.iter().filter_map(parse).collect();
        let policy = Policy {
            now: now(),
            ..self.policy.clone()
        };
        let result = verify::verify(&self.store, &leaf, &others, &policy);
        let mut verdict = self.verdict.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(chain) => {
                verdict.chain = Some(chain);
                Ok(())
            }
            Err(failure) => {
                verdict.failure = Some(failure);
                Err(refusal(failure))
            }
        }
    }

    /// A signature of the handshake. The certificate's key is taken from it as it is, so
    /// that certificates without the extensions of version 3 can be used.
    fn signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let bad = |kind| Error::InvalidCertificate(kind);
        let cert = Certificate::parse(cert).ok_or_else(|| bad(CertificateError::BadEncoding))?;
        let mapping = suites::provider().signature_verification_algorithms.mapping;
        let algorithms = mapping
            .iter()
            .find(|(scheme, _)| *scheme == signed.scheme)
            .map_or(&[][..], |(_, algorithms)| algorithms);
        let fits = algorithms.iter().any(|a| {
            a.public_key_alg_id().as_ref() == cert.key_algorithm.as_slice()
                && a.verify_signature(&cert.key, message, signed.signature())
                    .is_ok()
        });
        if fits {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(bad(CertificateError::BadSignature))
        }
    }

    fn schemes(&self) -> Vec<SignatureScheme> {
        suites::provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(end_entity, intermediates)
            .map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

impl ClientCertVerifier for Verifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(end_entity, intermediates)
            .map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }

    fn offer_client_auth(&self) -> bool {
        self.mode != Mode::None
    }

    fn client_auth_mandatory(&self) -> bool {
        self.mode == Mode::Required
    }
}

/// The chains and keys of a context.
#[derive(Debug)]
pub(crate) struct Identity(Vec<Arc<CertifiedKey>>);

impl Identity {
    /// The first one that can sign in a way that the peer knows.
    fn choose(&self, schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let fits = |i: &&Arc<CertifiedKey>| i.key.choose_scheme(schemes).is_some();
        self.0.iter().find(fits).or_else(|| self.0.first()).cloned()
    }
}

/// What a session was made with.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    verifier: Arc<Verifier>,
    identity: Arc<Identity>,
}

impl Origin {
    /// Whether a connection with the settings may use it: everything that the server is
    /// checked by is the same.
    fn fits(&self, settings: &Settings, host: &Option<Host>) -> bool {
        let (verifier, policy) = (&self.verifier, &self.verifier.policy);
        let own = self.identity.0.iter();
        Arc::ptr_eq(&verifier.store, &settings.store)
            && verifier.mode == settings.mode
            && policy.flags == settings.flags
            && policy.host_flags == settings.host_flags
            && policy.host == *host
            && own.len() == settings.identities.len()
            && own
                .zip(&settings.identities)
                .all(|(a, b)| Arc::ptr_eq(a, b))
    }
}

impl ResolvesClientCert for Identity {
    fn resolve(&self, _hints: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.choose(schemes)
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.choose(hello.signature_schemes())
    }
}

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs() as i64)
}

impl Settings {
    fn provider(&self) -> Arc<CryptoProvider> {
        let mut provider = (**suites::provider()).clone();
        provider.cipher_suites = suites::supported(&self.suites);
        if !self.groups.is_empty() {
            provider
                .kx_groups
                .retain(|group| self.groups.contains(&group.name()));
        }
        Arc::new(provider)
    }

    fn verifier(&self, purpose: Purpose, host: Option<Host>) -> Arc<Verifier> {
        Arc::new(Verifier {
            store: self.store.clone(),
            mode: self.mode,
            policy: Policy {
                purpose,
                flags: self.flags,
                host,
                host_flags: self.host_flags,
                now: now(),
            },
            verdict: SharedVerdict::default(),
        })
    }

    fn identity(&self) -> Arc<Identity> {
        Arc::new(Identity(self.identities.clone()))
    }

    /// A client's configuration; the host is checked where it is given.
    pub(crate) fn client(
        &self,
        host: Option<Host>,
        places: Places,
    ) -> Result<(ClientConfig, SharedVerdict), Error> {
        let known = places.from.as_ref().and_then(|session| session.origin());
        let origin = known
            .filter(|origin| origin.fits(self, &host))
            .unwrap_or_else(|| Origin {
                verifier: self.verifier(Purpose::Server, host),
                identity: self.identity(),
            });
        places.to.set_origin(origin.clone());
        let verdict = origin.verifier.verdict.clone();
        verdict
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .failure = None;
        let mut config = ClientConfig::builder_with_provider(self.provider())
            .with_protocol_versions(&self.versions)?
            .dangerous()
            .with_custom_certificate_verifier(origin.verifier)
            .with_client_cert_resolver(origin.identity);
        config.alpn_protocols.clone_from(&self.alpn);
        config.resumption = Resumption::store(Arc::new(places));
        if let Some(log) = &self.key_log {
            config.key_log = log.clone();
        }
        Ok((config, verdict))
    }

    /// A server's configuration.
    pub(crate) fn server(&self) -> Result<(ServerConfig, SharedVerdict), Error> {
        let verifier = self.verifier(Purpose::Client, None);
        let verdict = verifier.verdict.clone();
        let mut config = ServerConfig::builder_with_provider(self.provider())
            .with_protocol_versions(&self.versions)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(self.identity());
        config.alpn_protocols.clone_from(&self.alpn);
        config.session_storage = self.sessions.clone();
        config.send_tls13_tickets = self.tickets;
        config.ignore_client_order = self.server_order;
        if let Some(ticketer) = &self.ticketer {
            config.ticketer = ticketer.clone();
        }
        if let Some(log) = &self.key_log {
            config.key_log = log.clone();
        }
        Ok((config, verdict))
    }
}

/// The number of an alert.
pub fn alert_number(alert: AlertDescription) -> u8 {
    u8::from(alert)
}

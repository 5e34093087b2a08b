//! A connection without its transport: bytes of the network go in and out through memory.

use std::io::{Read, Write};
use std::sync::{Arc, PoisonError};

use rustls::pki_types::ServerName;
use rustls::server::{Accepted, Acceptor};
use rustls::{
    ClientConnection, Connection, Error, HandshakeKind, ProtocolVersion, ServerConnection,
};

use crate::cert::Certificate;
use crate::config::{Settings, SharedVerdict};
use crate::session::{Places, Session};
use crate::suites::{self, Suite};
use crate::verify::{Failure, Host};

/// Why a connection cannot go on.
#[derive(Debug)]
pub enum Fault {
    /// The peer's certificate is not accepted, with OpenSSL's number.
    Verify(Failure),
    /// Plain HTTP came where a handshake was expected.
    Http,
    Tls(Error),
}

/// The size of a record's head: kind, version, length.
const HEAD: usize = 5;

#[expect(
    clippy::large_enum_variant,
    reason = "one for each connection, which a server's begins with the large variant"
)]
enum State {
    /// A server before the client's first message.
    Accepting(Acceptor),
    /// A server that has the first message and no configuration yet.
    Hello(Box<Accepted>),
    Open(Box<Connection>),
    /// Nothing can come any more.
    Failed,
}

/// What a client has asked for.
pub struct Hello {
    pub server_name: Option<String>,
}

/// A connection.
pub struct Engine {
    state: State,
    /// What came from the network and is not taken in yet, from `taken` on.
    input: Vec<u8>,
    taken: usize,
    /// What is to be sent, from `sent` on.
    output: Vec<u8>,
    sent: usize,
    verdict: Option<SharedVerdict>,
    session: Option<Arc<Session>>,
    /// Cipher suites that the client offers, where that is known.
    offered: Vec<rustls::CipherSuite>,
    closed: bool,
    /// Bytes of data that can be read.
    plain: usize,
    /// The head of the record that is coming, and what of its body is to come.
    head: Vec<u8>,
    body: usize,
    /// Whether something came that is no record.
    foreign: bool,
    /// The suites of the server.
    own: Vec<&'static Suite>,
}

impl Engine {
    fn in_state(state: State) -> Engine {
        Engine {
            state,
            input: Vec::new(),
            taken: 0,
            output: Vec::new(),
            sent: 0,
            verdict: None,
            session: None,
            offered: Vec::new(),
            closed: false,
            plain: 0,
            head: Vec::with_capacity(HEAD),
            body: 0,
            foreign: false,
            own: Vec::new(),
        }
    }

    /// A client; `name` is sent to the server, `host` is checked in its certificate, and
    /// `resume` is what it goes on with.
    pub fn client(
        settings: &Settings,
        name: Option<&str>,
        host: Option<Host>,
        resume: Option<Arc<Session>>,
    ) -> Result<Engine, Error> {
        let session = Arc::new(Session::default());
        let places = Places {
            from: resume,
            to: session.clone(),
        };
        let (mut config, verdict) = settings.client(host, places)?;
        let name = match name.map(|n| ServerName::try_from(n.to_owned())) {
            Some(Ok(name)) => name,
            // Without a name nothing is sent; an address never is.
            _ => {
                config.enable_sni = false;
                ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into())
            }
        };
        let mut connection = ClientConnection::new(Arc::new(config), name)?;
        connection.set_buffer_limit(None);
        let mut engine = Engine::in_state(State::Open(Box::new(connection.into())));
        engine.verdict = Some(verdict);
        engine.session = Some(session);
        Ok(engine)
    }

    /// A server, which is given its settings when the first message has come.
    pub fn server() -> Engine {
        Engine::in_state(State::Accepting(Acceptor::default()))
    }

    /// The first message, once it is there and has not been answered.
    pub fn hello(&self) -> Option<Hello> {
        match &self.state {
            State::Hello(accepted) => Some(Hello {
                server_name: accepted.client_hello().server_name().map(str::to_owned),
            }),
            _ => None,
        }
    }

    /// Answers the first message.
    pub fn accept(&mut self, settings: &Settings) -> Result<(), Fault> {
        let State::Hello(accepted) = std::mem::replace(&mut self.state, State::Failed) else {
            return Ok(());
        };
        let (mut config, verdict) = settings.server().map_err(Fault::Tls)?;
        self.own.clone_from(&settings.suites);
        let hello = accepted.client_hello();
        self.offered = hello.cipher_suites().to_vec();
        // Without a protocol in common there is none, and no error.
        let common = hello.alpn().is_some_and(|mut offered| {
            offered.any(|protocol| settings.alpn.iter().any(|own| own == protocol))
        });
        if !common {
            config.alpn_protocols.clear();
        }
        match accepted.into_connection(Arc::new(config)) {
            Ok(mut connection) => {
                connection.set_buffer_limit(None);
                self.open(connection);
                self.verdict = Some(verdict);
                Ok(())
            }
            Err((error, mut alert)) => {
                // Writing to memory does not fail.
                let _ = alert.write_all(&mut self.output);
                Err(Fault::Tls(error))
            }
        }
    }

    fn open(&mut self, connection: ServerConnection) {
        self.state = State::Open(Box::new(connection.into()));
    }

    /// Refuses the first message with an alert.
    pub fn refuse(&mut self, alert: u8) {
        self.state = State::Failed;
        self.output.extend([21, 3, 3, 0, 2, 2, alert]);
    }

    fn connection(&self) -> Option<&Connection> {
        match &self.state {
            State::Open(connection) => Some(connection),
            _ => None,
        }
    }

    /// Whether the handshake is not finished.
    pub fn is_handshaking(&self) -> bool {
        self.connection().is_none_or(|c| c.is_handshaking())
    }

    /// Whether nothing can come any more after an error.
    pub fn has_failed(&self) -> bool {
        matches!(self.state, State::Failed)
    }

    /// How many bytes are missing to the head or the end of the record that is coming.
    /// Who takes no more leaves what follows the last record to others.
    pub fn wanted(&self) -> usize {
        if self.body > 0 {
            self.body
        } else {
            HEAD - self.head.len()
        }
    }

    /// Whether what has come can be worked on: whole records, or what is none.
    pub fn is_ready(&self) -> bool {
        self.foreign || (self.body == 0 && self.head.is_empty())
    }

    fn count_records(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.body > 0 {
                let count = self.body.min(bytes.len());
                self.body -= count;
                bytes = &bytes[count..];
                continue;
            }
            let count = (HEAD - self.head.len()).min(bytes.len());
            self.head.extend_from_slice(&bytes[..count]);
            bytes = &bytes[count..];
            if let [kind, major, _, high, low] = self.head[..] {
                self.foreign |= !(20..=24).contains(&kind) || major != 3;
                self.body = usize::from(u16::from_be_bytes([high, low]));
                self.head.clear();
            }
        }
    }

    /// Takes bytes from the network; `pump` makes use of them.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.count_records(bytes);
        if self.taken == self.input.len() {
            self.input.clear();
            self.taken = 0;
        }
        self.input.extend_from_slice(bytes);
    }

    /// Whether bytes of the network are waiting.
    pub fn has_input(&self) -> bool {
        self.taken < self.input.len()
    }

    /// Works on what has come, until there is data to read or nothing left.
    pub fn pump(&mut self) -> Result<(), Fault> {
        if let State::Accepting(acceptor) = &mut self.state {
            let mut rest = &self.input[self.taken..];
            if looks_like_http(rest) {
                self.state = State::Failed;
                return Err(Fault::Http);
            }
            while !rest.is_empty() && acceptor.read_tls(&mut rest).is_ok_and(|n| n > 0) {}
            self.taken = self.input.len() - rest.len();
            match acceptor.accept() {
                Ok(Some(accepted)) => self.state = State::Hello(Box::new(accepted)),
                Ok(None) => {}
                Err((error, mut alert)) => {
                    let _ = alert.write_all(&mut self.output);
                    self.state = State::Failed;
                    return Err(Fault::Tls(error));
                }
            }
            return Ok(());
        }
        self.pump_open()
    }

    fn pump_open(&mut self) -> Result<(), Fault> {
        let State::Open(connection) = &mut self.state else {
            return Ok(());
        };
        loop {
            let mut rest = &self.input[self.taken..];
            if rest.is_empty() || self.closed {
                return Ok(());
            }
            match connection.read_tls(&mut rest) {
                Ok(n) if n > 0 => {}
                _ => return Ok(()),
            }
            self.taken = self.input.len() - rest.len();
            match connection.process_new_packets() {
                Ok(state) => {
                    self.closed |= state.peer_has_closed();
                    self.plain = state.plaintext_bytes_to_read();
                    if self.plain > 0 {
                        return Ok(());
                    }
                }
                Err(error) => {
                    self.collect_output();
                    return Err(self.fault(error));
                }
            }
        }
    }

    fn fault(&self, error: Error) -> Fault {
        let verdict = self.verdict.as_ref();
        let failure =
            verdict.and_then(|v| v.lock().unwrap_or_else(PoisonError::into_inner).failure);
        match (failure, &error) {
            (Some(failure), Error::InvalidCertificate(_)) => Fault::Verify(failure),
            _ => Fault::Tls(error),
        }
    }

    fn collect_output(&mut self) {
        if let State::Open(connection) = &mut self.state {
            while connection.wants_write() {
                if connection.write_tls(&mut self.output).is_err() {
                    break;
                }
            }
        }
    }

    /// What is to be sent.
    pub fn output(&mut self) -> &[u8] {
        self.collect_output();
        &self.output[self.sent..]
    }

    /// Notes that so many bytes of the output have been sent.
    pub fn sent(&mut self, count: usize) {
        self.sent += count;
        if self.sent >= self.output.len() {
            self.output.clear();
            self.sent = 0;
        }
    }

    /// Gives data that has come; zero bytes where there is none yet.
    pub fn read(&mut self, buffer: &mut [u8]) -> usize {
        let State::Open(connection) = &mut self.state else {
            return 0;
        };
        let count = connection.reader().read(buffer).unwrap_or(0);
        self.plain = self.plain.saturating_sub(count);
        count
    }

    /// Takes data to be sent.
    pub fn write(&mut self, data: &[u8]) -> bool {
        match &mut self.state {
            State::Open(connection) => connection.writer().write_all(data).is_ok(),
            _ => false,
        }
    }

    /// How many bytes can be read at once.
    pub fn pending(&self) -> usize {
        self.plain
    }

    /// Whether the peer has said that it sends no more.
    pub fn peer_closed(&self) -> bool {
        self.closed
    }

    /// Says that nothing more is sent.
    pub fn close(&mut self) {
        if let State::Open(connection) = &mut self.state {
            connection.send_close_notify();
        }
    }

    /// What the peer has shown, its own certificate first.
    pub fn peer_chain(&self) -> Vec<Arc<Certificate>> {
        let shown = self.connection().and_then(|c| c.peer_certificates());
        shown
            .unwrap_or(&[])
            .iter()
            .filter_map(|der| Certificate::parse(der).map(Arc::new))
            .collect()
    }

    /// The chain that was verified.
    pub fn verified_chain(&self) -> Option<Vec<Arc<Certificate>>> {
        let verdict = self.verdict.as_ref()?;
        verdict
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .chain
            .clone()
    }

    pub fn version(&self) -> Option<&'static str> {
        match self.connection()?.protocol_version()? {
            ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
            ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
            _ => None,
        }
    }

    pub fn suite(&self) -> Option<&'static Suite> {
        suites::by_id(self.connection()?.negotiated_cipher_suite()?.suite())
    }

    /// The client's suites that the server has too; empty on the client's side.
    pub fn offered_suites(&self) -> Vec<&'static Suite> {
        self.offered
            .iter()
            .filter_map(|id| self.own.iter().find(|s| s.id == *id).copied())
            .collect()
    }

    pub fn alpn(&self) -> Option<&[u8]> {
        self.connection()?.alpn_protocol()
    }

    pub fn was_resumed(&self) -> bool {
        self.connection()
            .is_some_and(|c| c.handshake_kind() == Some(HandshakeKind::Resumed))
    }

    /// What a client can go on with later.
    pub fn session(&self) -> Option<&Arc<Session>> {
        self.session.as_ref()
    }
}

fn looks_like_http(start: &[u8]) -> bool {
    [&b"GET "[..], b"POST ", b"HEAD ", b"PUT "]
        .iter()
        .any(|verb| start.starts_with(verb))
}

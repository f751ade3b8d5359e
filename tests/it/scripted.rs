//! A server on loopback that answers byte for byte what a test says, and remembers what it was asked.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What the server does with a request.
pub enum Reply {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, then a reset.
    Reset(Vec<u8>),
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Request line and headers.
    pub head: String,
    /// Body.
    pub body: String,
}

impl Asked {
    /// Method and path, without query.
    pub fn line(&self) -> &str {
        let line = self.head.lines().next().unwrap_or_default();
        let end = line
            .find(['?', '\r'])
            .or_else(|| line.rfind(' '))
            .unwrap_or(line.len());
        &line[..end]
    }

    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

type Script = dyn Fn(usize, &Asked) -> Reply + Send + Sync;

/// The server; it ends with the test process.
pub struct Scripted {
    /// `127.0.0.1:PORT`
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    /// Speaks HTTP. The script gets the number of the request, from 0.
    pub fn http(script: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(None, Arc::new(script))
    }

    /// Speaks HTTPS with this certificate of the fixtures.
    pub fn https(certificate: &str, script: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        let chain = vec![CertificateDer::from_pem_file(fixture(certificate)).unwrap()];
        let key = PrivateKeyDer::from_pem_file(fixture("leaf.key")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self::start(Some(Arc::new(config)), Arc::new(script))
    }

    fn start(tls: Option<Arc<rustls::ServerConfig>>, script: Arc<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remembered = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, asked, tls) = (script.clone(), remembered.clone(), tls.clone());
                std::thread::spawn(move || serve(stream, tls, &*script, &asked));
            }
        });
        Self { address, asked }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// A file of the fixtures.
pub fn fixture(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/fixtures")
        .join(name)
}

/// An answer with a status, headers and a body.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let mut bytes = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n",
        body.as_ref().len()
    )
    .into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"connection: close\r\n\r\n");
    bytes.extend_from_slice(body.as_ref());
    Reply::Bytes(bytes)
}

fn serve(
    stream: TcpStream,
    tls: Option<Arc<rustls::ServerConfig>>,
    script: &Script,
    asked: &Mutex<Vec<Asked>>,
) {
    let Some(config) = tls else {
        let mut stream = stream;
        let reset = converse(&mut stream, script, asked);
        finish(&stream, reset);
        return;
    };
    let connection = rustls::ServerConnection::new(config).unwrap();
    let mut secured = rustls::StreamOwned::new(connection, stream);
    let reset = converse(&mut secured, script, asked);
    secured.conn.send_close_notify();
    let _ = secured.flush();
    finish(&secured.sock, reset);
}

fn finish(stream: &TcpStream, reset: bool) {
    if reset {
        let _ = socket2::SockRef::from(stream).set_linger(Some(std::time::Duration::ZERO));
    } else {
        let _ = stream.shutdown(Shutdown::Write);
    }
}

/// One request and its reply; says whether the connection is to be reset.
fn converse(stream: &mut (impl Read + Write), script: &Script, asked: &Mutex<Vec<Asked>>) -> bool {
    let Some(request) = read_request(stream) else {
        return false;
    };
    let number = {
        let mut asked = asked.lock().unwrap();
        asked.push(request.clone());
        asked.len() - 1
    };
    let (bytes, reset) = match script(number, &request) {
        Reply::Bytes(bytes) => (bytes, false),
        Reply::Reset(bytes) => (bytes, true),
    };
    let _ = stream.write_all(&bytes);
    let _ = stream.flush();
    reset
}

fn read_request(stream: &mut impl Read) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut asked = Asked {
                head,
                body: String::new(),
            };
            let length: usize = asked
                .header("content-length")
                .map_or(0, |text| text.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                asked.body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
                return Some(asked);
            }
        }
        match stream.read(&mut piece) {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}
